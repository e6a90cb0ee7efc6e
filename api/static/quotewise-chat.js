/*! quotewise-chat; sources sha256 a9a82b9ae04740784575f221c9d132e99602ea387f368bc4016f650c612de6ff */
(function(){var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,f=globalThis,re=f.trustedTypes,ie=re?re.emptyScript:``,ae=f.reactiveElementPolyfillSupport,p=(e,t)=>e,m={toAttribute(e,t){switch(t){case Boolean:e=e?ie:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},h=(e,t)=>!l(e,t),oe={attribute:!0,type:String,converter:m,reflect:!1,useDefault:!1,hasChanged:h};Symbol.metadata??=Symbol(`metadata`),f.litPropertyMetadata??=new WeakMap;var g=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=oe){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??oe}static _$Ei(){if(this.hasOwnProperty(p(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(p(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(p(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?m:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?m:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??h)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};g.elementStyles=[],g.shadowRootOptions={mode:`open`},g[p(`elementProperties`)]=new Map,g[p(`finalized`)]=new Map,ae?.({ReactiveElement:g}),(f.reactiveElementVersions??=[]).push(`2.1.2`);var _=globalThis,se=e=>e,v=_.trustedTypes,ce=v?v.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,le=`$lit$`,y=`lit$${Math.random().toFixed(9).slice(2)}$`,ue=`?`+y,de=`<${ue}>`,b=document,x=()=>b.createComment(``),S=e=>e===null||typeof e!=`object`&&typeof e!=`function`,fe=Array.isArray,pe=e=>fe(e)||typeof e?.[Symbol.iterator]==`function`,me=`[ 	
\f\r]`,C=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,he=/-->/g,ge=/>/g,w=RegExp(`>|${me}(?:([^\\s"'>=/]+)(${me}*=${me}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),_e=/'/g,ve=/"/g,ye=/^(?:script|style|textarea|title)$/i,T=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),E=Symbol.for(`lit-noChange`),D=Symbol.for(`lit-nothing`),be=new WeakMap,O=b.createTreeWalker(b,129);function xe(e,t){if(!fe(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return ce===void 0?t:ce.createHTML(t)}var Se=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=C;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===C?c[1]===`!--`?o=he:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=w):(ye.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=w):o=ge:o===w?c[0]===`>`?(o=i??C,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?w:c[3]===`"`?ve:_e):o===ve||o===_e?o=w:o===he||o===ge?o=C:(o=w,i=void 0);let d=o===w&&e[t+1].startsWith(`/>`)?` `:``;a+=o===C?n+de:l>=0?(r.push(s),n.slice(0,l)+le+n.slice(l)+y+d):n+y+(l===-2?t:d)}return[xe(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},k=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=Se(t,n);if(this.el=e.createElement(l,r),O.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=O.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(le)){let t=u[o++],n=i.getAttribute(e).split(y),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?we:r[1]===`?`?Te:r[1]===`@`?Ee:M}),i.removeAttribute(e)}else e.startsWith(y)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(ye.test(i.tagName)){let e=i.textContent.split(y),t=e.length-1;if(t>0){i.textContent=v?v.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],x()),O.nextNode(),c.push({type:2,index:++a});i.append(e[t],x())}}}else if(i.nodeType===8){if(i.data===ue)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(y,e+1))!==-1;)c.push({type:7,index:a}),e+=y.length-1}}a++}}static createElement(e,t){let n=b.createElement(`template`);return n.innerHTML=e,n}};function A(e,t,n=e,r){if(t===E)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=S(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=A(e,i._$AS(e,t.values),i,r)),t}var Ce=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??b).importNode(t,!0);O.currentNode=r;let i=O.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new j(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new De(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=O.nextNode(),a++)}return O.currentNode=b,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},j=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=D,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=A(this,e,t),S(e)?e===D||e==null||e===``?(this._$AH!==D&&this._$AR(),this._$AH=D):e!==this._$AH&&e!==E&&this._(e):e._$litType$===void 0?e.nodeType===void 0?pe(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==D&&S(this._$AH)?this._$AA.nextSibling.data=e:this.T(b.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=k.createElement(xe(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Ce(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=be.get(e.strings);return t===void 0&&be.set(e.strings,t=new k(e)),t}k(t){fe(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(x()),this.O(x()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=se(e).nextSibling;se(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},M=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=D,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=D}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=A(this,e,t,0),a=!S(e)||e!==this._$AH&&e!==E,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=A(this,r[n+o],t,o),s===E&&(s=this._$AH[o]),a||=!S(s)||s!==this._$AH[o],s===D?e=D:e!==D&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===D?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},we=class extends M{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===D?void 0:e}},Te=class extends M{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==D)}},Ee=class extends M{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=A(this,e,t,0)??D)===E)return;let n=this._$AH,r=e===D&&n!==D||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==D&&(n===D||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},De=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){A(this,e)}},Oe=_.litHtmlPolyfillSupport;Oe?.(k,j),(_.litHtmlVersions??=[]).push(`3.3.3`);var ke=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new j(t.insertBefore(x(),e),e,void 0,n??{})}return i._$AI(e),i},N=globalThis,P=class extends g{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=ke(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return E}};P._$litElement$=!0,P.finalized=!0,N.litElementHydrateSupport?.({LitElement:P});var Ae=N.litElementPolyfillSupport;Ae?.({LitElement:P}),(N.litElementVersions??=[]).push(`4.2.2`);var je={attribute:!0,type:String,converter:m,reflect:!1,hasChanged:h},Me=(e=je,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function F(e){return(t,n)=>typeof n==`object`?Me(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function I(e){return F({...e,state:!0,attribute:!1})}var Ne=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function L(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Ne(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Ne(n,r,{get(){return a(this)}})}}var Pe=3,Fe=2e3,Ie=e=>({question:e,state:`asking`,citations:[],closest:[],confidence:0,short:null});function Le(e){return e.filter(e=>e.state===`answered`||e.state===`silent`).slice(-3).map(({question:e,citations:t})=>({question:e,quotes:t.map(({quote:e})=>e).filter(e=>e.length<=Fe).slice(0,Pe)}))}var R=(e,t)=>`quotewise:${e}:${t??``}`;function Re(e,t){try{return JSON.parse(sessionStorage.getItem(R(e,t))??`[]`).map(e=>e.state===`asking`?{...e,state:`stopped`}:e)}catch{return[]}}function z(e,t,n){try{n.length?sessionStorage.setItem(R(e,t),JSON.stringify(n)):sessionStorage.removeItem(R(e,t))}catch{}}async function*ze(e){let t=e.pipeThrough(new TextDecoderStream).getReader(),n=``,r=`message`,i=[];try{for(;;){let{value:e,done:a}=await t.read();if(a)return;let o=(n+e).split(/\r\n|\n|\r(?!$)/);n=o.pop();for(let e of o){let[,t,n]=/^([^:]*):? ?(.*)$/s.exec(e);t===`event`&&(r=n),t===`data`&&i.push(n),e||(i.length&&(yield{name:r,data:i.join(`
`)}),r=`message`,i=[])}}}finally{await t.cancel().catch(()=>{})}}var Be=/\r\n|\n|\r/g,Ve=/(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,8})[\u{e0000}-\u{e007f}]|(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]/gu,He=`NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US`.split(` `);function Ue(e,t){let n=new Map,r=0,i=0;for(let a of[...new Set(t)].sort((e,t)=>e-t)){for(;i<a&&r<e.length;i++)r+=(e.charCodeAt(r)&64512)==55296?2:1;n.set(a,i===a?r:-1)}return t.map(e=>n.get(e))}function B(e,t,n=0){let r=Ue(e,t.flatMap(e=>[e.start-n,e.end-n]));return t.map((e,t)=>({...e,start:r[2*t],end:r[2*t+1]})).filter(e=>e.start>=0&&e.end>e.start)}function V(e,t=e.length){let n=0;for(let r of e.matchAll(Be)){if(r.index+r[0].length>t)break;n++}return n}function*We(e,{start:t,end:n}){let r=t;for(let i of e.slice(t,n).matchAll(Be))yield{start:r,end:t+i.index},r=t+i.index+i[0].length;yield{start:r,end:n}}function Ge(e,{start:t,end:n},r){let i=r.filter(e=>e.start<n&&e.end>t),a=[...new Set([t,n,...i.flatMap(e=>[Math.max(e.start,t),Math.min(e.end,n)])])].sort((e,t)=>e-t);return a.slice(1).map((t,n)=>{let r=a[n],o=i.filter(e=>e.start<t&&e.end>r).map(e=>e.kind),s=H(e.slice(r,t));return o.length?T`<mark class=${[...new Set(o)].join(` `)}>${s}</mark>`:s})}function H(e){let t=[],n=0;for(let{0:r,index:i}of e.matchAll(Ve))t.push(e.slice(n,i),T`<bdi class="control" data-name=${qe(r)}>${r}</bdi>`),n=i+r.length;return[...t,e.slice(n)]}var Ke=e=>e.replace(Ve,e=>`[${qe(e)}]`);function qe(e){let t=e.codePointAt(0);return He[t]??`U+${t.toString(16).toUpperCase().padStart(4,`0`)}`}var U=class e extends Error{constructor(e,t,n=0,r=null){super(t),this.kind=e,this.status=n,this.retryAfter=r}static async of(t){let n=/\bjson\b/.test(Je(t))?await t.json().catch(()=>({})):{},r=Number.parseInt(t.headers.get(`Retry-After`)??``,10);return e.from({status:t.status,...n},Number.isNaN(r)?null:r)}static from(t,n=null){let r=(t.type??``).split(`:`).pop();return new e(r,t.detail??`The service answered with status ${t.status}.`,t.status,n)}},Je=e=>e.headers.get(`Content-Type`)??``,Ye=class{constructor(e,t){this.endpoint=e,this.key=t}async*ask(e,t,n,r){let i={question:e,...t.length&&{history:t},...n&&{collection:n}},a=await this.post(`ask`,i,{Accept:`text/event-stream`},r);if(!Je(a).startsWith(`text/event-stream`)){yield*Xe(await a.json());return}let o=[];for await(let{name:e,data:t}of ze(a.body)){let n=JSON.parse(t);if(e===`passages`)o=n.passages,yield{name:e,count:o.length};else if(e===`citation`)yield{name:e,citation:n};else if(e===`answer`)yield{...n,name:e,closest:n.closest.map(e=>Ze(o[e]))};else if(e===`done`){yield{name:e,requestId:n.request_id};return}else if(e===`error`)throw U.from(n)}throw new U(`cut-off`,`The connection was lost before the answer was complete.`)}async feedback(e,t){await this.post(`feedback`,{request_id:e,helpful:t})}async document(e){return(await this.request(`documents/${e}`)).json()}async text(e){let t=await(await this.request(`documents/${e}/text`)).arrayBuffer();return new TextDecoder(`utf-8`,{ignoreBOM:!0}).decode(t)}async documents(e,t,n,r){let i=new URLSearchParams({offset:`${t}`,limit:`${n}`,...e&&{collection:e}});return(await this.request(`documents?${i}`,{signal:r})).json()}async collections(){return(await this.request(`collections`)).json()}link({id:e,sha256:t},n){let r=t?`&sha256=${t.slice(0,16)}`:``,i=n?.end===void 0?``:`?start=${n.start}&end=${n.end}${r}`;return new URL(`documents/${e}/view${i}`,this.endpoint).href}post(e,t,n={},r){let i={"Content-Type":`application/json`,...n};return this.request(e,{method:`POST`,body:JSON.stringify(t),headers:i,signal:r})}async request(e,t={}){let n={...t.headers,...this.key&&{Authorization:`Bearer ${this.key}`}},r;try{r=await fetch(new URL(e,this.endpoint),{...t,headers:n,credentials:`omit`,referrerPolicy:`no-referrer`})}catch(e){throw e.name===`AbortError`?e:new U(`unreachable`,`${this.endpoint.host} does not answer, or not to this page.`)}if(!r.ok)throw await U.of(r);return r}};function*Xe(e){for(let t of e.citations)yield{name:`citation`,citation:t};let{answered:t,confidence:n,short_answer:r,closest:i}=e;yield{name:`answer`,answered:t,confidence:n,short_answer:r,closest:i},yield{name:`done`,requestId:e.request_id}}function Ze({text:e,start:t,end:n,line_start:r,heading:i,document:a}){return{quote:e,start:t,end:n,line_start:r,line_end:r+V(e),page:null,heading:i,highlights:[],document:a}}function W(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var Qe=document.currentScript,$e=new URL(`..`,Qe?.src||document.baseURI).href,et=`quotewise-key`,G=class extends P{constructor(...e){super(...e),this.endpoint=null,this.apiKey=null,this.collection=null,this.theme=null,this.keyNeeded=!1,this.keyGiven=()=>{this.keyNeeded&&(this.keyNeeded=!1,this.again())}}get service(){let e=this.address;return new Ye(e,this.apiKey||nt(e))}get address(){let e=new URL(this.endpoint||$e,document.baseURI);return e.pathname.endsWith(`/`)||(e.pathname+=`/`),e}connectedCallback(){super.connectedCallback(),window.addEventListener(et,this.keyGiven)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(et,this.keyGiven)}again(){}problemOf(e){let t=e instanceof U?e:new U(`cut-off`,`The connection was lost before the answer was complete.`);return t.status===401&&!this.apiKey&&(this.keyNeeded=!0),t}keyForm(){return T`<form class="key" part="key" @submit=${this.giveKey}>
      <label for="key">This service asks for an API key. It is kept until you close this tab.</label>
      <div>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required />
        <button class="primary">Use key</button>
      </div>
    </form>`}giveKey(e){e.preventDefault();let t=new FormData(e.target).get(`key`);try{sessionStorage.setItem(tt(this.address),t.trim())}catch{this.apiKey=t.trim()}window.dispatchEvent(new Event(et))}};W([F()],G.prototype,`endpoint`,void 0),W([F({attribute:`api-key`})],G.prototype,`apiKey`,void 0),W([F()],G.prototype,`collection`,void 0),W([F({reflect:!0})],G.prototype,`theme`,void 0),W([I()],G.prototype,`keyNeeded`,void 0);var tt=e=>`quotewise-key:${e}`;function nt(e){try{return sessionStorage.getItem(tt(e))}catch{return null}}async function rt(e){try{return await navigator.clipboard.writeText(e),!0}catch{let t=document.createElement(`textarea`);t.value=e,document.body.append(t),t.select();let n=document.execCommand(`copy`);return t.remove(),n}}var K=e=>T`<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${e} /></svg>`,it=K(`M12 19V5m-6 6 6-6 6 6`),at=K(`M7 7h10v10H7z`),ot=K(`M9 9h11v11H9zM5 15H4V4h11v1`),st=K(`m5 13 4 4L19 7`),ct=K(`M6 6l12 12M18 6 6 18`),lt=K(`m6 15 6-6 6 6`),ut=K(`m6 9 6 6 6-6`),dt=K(`M14 4h6v6m0-6-9 9M18 14v6H4V6h6`),ft=K(`M7 11v9H4v-9zm0 0 4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7`),pt=K(`M17 13V4h3v9zm0 0-4 8a2 2 0 0 1-3-2l1-5H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10`);K(`M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6`);var mt=o`
  :host {
    color-scheme: light dark;
    --background: var(--quotewise-background, light-dark(#faf9f6, #14171c));
    --surface: var(--quotewise-surface, light-dark(#ffffff, #1d2128));
    --text: var(--quotewise-text, light-dark(#1f242b, #e7e9ec));
    --muted: var(--quotewise-muted, light-dark(#59616d, #a3adba));
    --border: var(--quotewise-border, light-dark(#e2dfd8, #343b46));
    --accent: var(--quotewise-accent, light-dark(#1d4f7c, #93c1ec));
    --on-accent: var(--quotewise-on-accent, light-dark(#ffffff, #10202f));
    --tint: var(--quotewise-tint, light-dark(#e9f0f7, #223040));
    --mark: var(--quotewise-mark, light-dark(#fff0b8, #4d4216));
    --mark-strong: var(--quotewise-mark-strong, light-dark(#ffd966, #7a6310));
    --warning: var(--quotewise-warning, light-dark(#9a3412, #f2b18c));
    --font: var(--quotewise-font, Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif);
    --quote-font: var(--quotewise-quote-font, Charter, "Iowan Old Style", "Source Serif 4", Georgia, "Noto Serif", serif);
    --radius: var(--quotewise-radius, 10px);
    display: block;
    box-sizing: border-box;
    color: var(--text);
    background: var(--background);
    font: 400 0.9375rem/1.5 var(--font);
    overflow: hidden;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ol,
  ul,
  figure,
  blockquote {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  h2 {
    font-size: 1rem;
    font-weight: 650;
    line-height: 1.35;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  button,
  a.button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.375rem;
    min-block-size: 2rem;
    padding: 0.25rem 0.625rem;
    border: 1px solid transparent;
    border-radius: calc(var(--radius) * 0.7);
    background: none;
    color: var(--muted);
    font-size: 0.8125rem;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover,
  a.button:hover {
    background: var(--tint);
    color: var(--accent);
  }
  button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  button svg,
  a svg {
    flex: none;
  }
  .icon {
    inline-size: 2rem;
    padding: 0 !important;
  }
  .primary,
  .primary:hover {
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .outlined {
    border-color: var(--border);
    background: var(--surface);
    color: var(--accent);
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }
  input,
  select {
    min-inline-size: 0;
    inline-size: 100%;
    padding: 0.375rem 0.625rem;
    border: 1px solid var(--border);
    border-radius: calc(var(--radius) * 0.7);
    background: var(--surface);
  }
  ::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  mark {
    padding-block: 0.08em;
    border-radius: 2px;
    background: var(--mark);
    color: inherit;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
  }
  mark.short {
    background: var(--mark-strong);
    font-weight: 600;
  }
  .control {
    font-size: 0;
  }
  .control::before {
    content: attr(data-name);
    padding: 0 0.2em;
    border: 1px solid currentColor;
    border-radius: 3px;
    font: 0.75rem/1.2 ui-monospace, "DejaVu Sans Mono", monospace;
    unicode-bidi: isolate;
    direction: ltr;
  }
  .muted {
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .break {
    overflow-wrap: anywhere;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .problem {
    padding: 0.625rem 0.875rem;
    border: 1px solid currentColor;
    border-radius: var(--radius);
    color: var(--warning);
  }
  .problem::first-letter {
    text-transform: uppercase;
  }
  .key {
    display: grid;
    gap: 0.5rem;
    padding: 0.875rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .key div {
    display: flex;
    gap: 0.5rem;
  }
  .key button {
    flex: none;
  }
  @media (prefers-reduced-motion: no-preference) {
    button,
    a.button {
      transition:
        background-color 0.12s,
        color 0.12s;
    }
  }
`,ht=[[.75,`high`,`Very likely an answer`],[.5,`fair`,`Likely an answer`],[.3,`low`,`Possibly an answer`],[0,`least`,`Perhaps an answer: read it in its place`]];function gt(e){let[,t,n]=ht.find(([t])=>e>=t);return{level:t,words:n}}function _t({page:e,line_start:t,line_end:n}){let r=t===n?`line ${t}`:`lines ${t}–${n}`;return e===null?r:`page ${e}, ${r}`}function q({title:e,path:t}){return t.split(`/`).pop().replace(/\.\w+$/,``)===e?null:e}function vt(e,t){let n=q(e.document);return`${e.quote}\n\n— ${n?`${n}, `:``}${e.document.path}, ${_t(e)}\n${t}\n`}var J=(e,t)=>`${e.toLocaleString(`en`)} ${t}${e===1?``:`s`}`,yt=2e3,Y=class extends G{constructor(...e){super(...e),this.heading=`Ask the documents`,this.placeholder=`Ask a question`,this.suggestions=``,this.turns=[],this.opened=null,this.copied=null,this.said=``,this.asking=null,this.opener=null}static{this.styles=[mt,o`
    :host {
      block-size: var(--quotewise-height, 38rem);
      border: 1px solid var(--border);
      border-radius: var(--radius);
      container-type: inline-size;
    }
    .chat {
      position: relative;
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      block-size: 100%;
    }
    .chat.open {
      grid-template-columns: minmax(0, 1fr) minmax(0, 0.85fr);
    }
    quotewise-source {
      border-inline-start: 1px solid var(--border);
      min-inline-size: 0;
      min-block-size: 0;
    }
    .talk {
      display: grid;
      grid-template-rows: auto minmax(0, 1fr) auto;
      min-inline-size: 0;
      min-block-size: 0;
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 0.75rem;
      min-block-size: 3.25rem;
      padding: 0.5rem 0.75rem 0.5rem 1.25rem;
      border-block-end: 1px solid var(--border);
    }
    .turns {
      position: relative;
      overflow: auto;
      padding: 1.25rem;
      overscroll-behavior: contain;
    }
    .turns > * {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    .welcome {
      display: grid;
      gap: 0.75rem;
      padding-block: 12% 2rem;
      text-align: center;
    }
    .welcome strong {
      font: 500 1.375rem/1.35 var(--quote-font);
      text-wrap: balance;
    }
    .suggestions {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 0.5rem;
      margin-block-start: 0.5rem;
    }
    .suggestions button {
      padding: 0.375rem 0.875rem;
      font-size: 0.875rem;
    }
    .turn {
      display: grid;
      gap: 0.75rem;
    }
    .turn + .turn {
      margin-block-start: 1.75rem;
    }
    .question {
      justify-self: end;
      max-inline-size: 88%;
      padding: 0.5rem 0.875rem;
      border-radius: var(--radius) var(--radius) 3px var(--radius);
      background: var(--tint);
      font-size: 0.9375rem;
      font-weight: 550;
      white-space: pre-wrap;
    }
    .verdict {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0.125rem 0.5rem;
      font-weight: 600;
    }
    .verdict .muted {
      font-weight: 400;
    }
    .level {
      align-self: center;
      inline-size: 0.8125rem;
      block-size: 0.8125rem;
      border: 1.5px solid var(--accent);
      border-radius: 50%;
      background: conic-gradient(var(--accent) var(--filled, 12%), transparent 0);
    }
    .level.high {
      --filled: 100%;
    }
    .level.fair {
      --filled: 60%;
    }
    .level.low {
      --filled: 30%;
    }
    .level.silent {
      --filled: 0%;
      border-color: var(--muted);
    }
    .quotes {
      display: grid;
      gap: 0.625rem;
    }
    figure {
      border: 1px solid var(--border);
      border-radius: var(--radius);
      background: var(--surface);
      overflow: clip;
    }
    figure.current {
      border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent);
    }
    blockquote {
      padding: 0.875rem 1rem 0.75rem;
      font: 1.0313rem/1.6 var(--quote-font);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      tab-size: 4;
    }
    .closest blockquote {
      display: -webkit-box;
      padding-block-end: 0;
      margin-block-end: 0.75rem;
      overflow: hidden;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 4;
      line-clamp: 4;
    }
    figcaption {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 0.5rem;
      padding: 0.25rem 0.375rem 0.25rem 1rem;
      border-block-start: 1px solid var(--border);
      font-size: 0.8125rem;
    }
    figcaption div {
      min-inline-size: 0;
      padding-block: 0.25rem;
    }
    .reference {
      font-weight: 550;
      text-decoration-thickness: 1px;
    }
    .number {
      display: inline-grid;
      place-items: center;
      min-inline-size: 1.25rem;
      margin-inline-end: 0.375rem;
      border-radius: 4px;
      background: var(--tint);
      color: var(--accent);
      font-size: 0.75rem;
      font-weight: 650;
      line-height: 1.25rem;
    }
    .after {
      display: flex;
      align-items: center;
      gap: 0.125rem;
      min-block-size: 2rem;
    }
    .after button[aria-pressed="true"] {
      color: var(--accent);
      background: var(--tint);
    }
    .progress::before {
      content: "";
      display: inline-block;
      inline-size: 0.5rem;
      block-size: 0.5rem;
      margin-inline-end: 0.5rem;
      border-radius: 50%;
      background: var(--accent);
    }
    @media (prefers-reduced-motion: no-preference) {
      .progress::before {
        animation: breathe 1.1s ease-in-out infinite alternate;
      }
      .turns.smooth {
        scroll-behavior: smooth;
      }
    }
    @keyframes breathe {
      to {
        opacity: 0.2;
      }
    }
    .turns .key {
      margin-block-start: 1rem;
    }
    .foot {
      padding: 0.75rem 1.25rem 0.625rem;
      border-block-start: 1px solid var(--border);
    }
    .foot > * {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    .composer {
      display: flex;
      align-items: end;
      gap: 0.375rem;
      padding: 0.3125rem;
      border: 1px solid var(--border);
      border-radius: var(--radius);
      background: var(--surface);
    }
    .composer:focus-within {
      border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent);
    }
    textarea {
      flex: 1;
      min-inline-size: 0;
      min-block-size: 2.25rem;
      max-block-size: 9rem;
      padding: 0.375rem 0.625rem;
      border: 0;
      background: none;
      resize: none;
      field-sizing: content;
    }
    textarea:focus-visible {
      outline: 0;
    }
    .composer button {
      inline-size: 2.25rem;
      block-size: 2.25rem;
    }
    .promise {
      padding-block-start: 0.4375rem;
      text-align: center;
      font-size: 0.75rem;
    }
    @container (max-width: 46rem) {
      .chat.open {
        grid-template-columns: minmax(0, 1fr);
      }
      .chat.open .talk {
        visibility: hidden;
      }
      quotewise-source {
        position: absolute;
        inset: 0;
        border: 0;
      }
      .turns,
      .foot {
        padding-inline: 0.875rem;
      }
    }
  `]}focus(){this.composer.focus()}ask(e){return this.answer(Ie(e))}open(e){this.show({places:[{document:e}],current:0,short:null})}disconnectedCallback(){super.disconnectedCallback(),this.asking?.abort()}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&(this.asking?.abort(),this.turns=Re(this.address,this.collection),this.opened=null,this.copied=null)}firstUpdated(){this.autofocus&&this.focus(),this.scroller.scrollTop=this.scroller.scrollHeight,this.scroller.classList.add(`smooth`)}again(){let e=this.turns.at(-1);e?.state===`failed`&&this.retry(e)}retry(e){return this.turns=this.turns.filter(t=>t!==e),this.answer(Ie(e.question))}async answer(e){if(this.asking||!e.question.trim())return;let t=this.asking=new AbortController,{address:n,collection:r,service:i}=this,a=Le(this.turns);this.turns=[...this.turns,e],z(n,r,this.turns),this.tell(e,`Searching…`),this.updateComplete.then(()=>this.reveal());try{for await(let n of i.ask(e.question,a,r,t.signal))this.take(e,n)}catch(n){let r=t.signal.aborted,i=r?null:this.problemOf(n),a=i?.retryAfter?` Try again in ${J(i.retryAfter,`second`)}.`:``;e.state=r?`stopped`:`failed`,e.problem=i?i.message.replace(/[^.!?]$/,`$&.`)+a:void 0,this.tell(e,e.problem??`Stopped.`)}this.asking=null,n.href===this.address.href&&r===this.collection&&z(n,r,this.turns),this.requestUpdate()}take(e,t){if(t.name===`passages`&&this.tell(e,`Reading ${J(t.count,`passage`)}…`),t.name===`citation`&&(e.citations=[...e.citations,t.citation]),t.name===`done`&&(e.requestId=t.requestId),t.name===`answer`){let{answered:n,closest:r,short_answer:i}=t;Object.assign(e,{state:n?`answered`:`silent`,confidence:t.confidence,short:i,closest:r});let a=`The documents do not say. ${J(r.length,`close passage`)}.`;this.tell(e,n?`${J(e.citations.length,`quote`)}. ${gt(t.confidence).words}.`:a)}this.requestUpdate()}tell(e,t){e.progress=t,this.said=t}reveal(){let e=this.renderRoot.querySelector(`.turn:last-of-type`);e&&(this.scroller.scrollTop=e.offsetTop-20)}submit(e){if(e.preventDefault(),this.asking){this.asking.abort();return}let t=this.composer.value;t.trim()&&(this.composer.value=``,this.ask(t.trim()))}typed(e){e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),this.asking||this.submit(e))}pressed(e){e.key===`Escape`&&!e.isComposing&&this.opened&&this.close()}clear(){this.asking?.abort(),this.turns=[],this.opened=null,z(this.address,this.collection,[]),this.said=`New conversation.`,this.focus()}follow(e,t,n){e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.opener=e.currentTarget,this.show({places:bt(t),current:n,short:t.short}))}show(e){this.opened=e,this.updateComplete.then(()=>this.source.updateComplete).then(()=>this.source.focus())}close(){this.opened=null,this.opener?.isConnected?this.updateComplete.then(()=>this.opener?.focus()):this.focus()}async copyQuote(e){let t=await rt(vt(e,this.service.link(e.document,e)));this.copied=t?e:null,this.said=t?`Copied with its reference.`:`This browser does not let the page copy.`}async rate(e,t){try{await this.service.feedback(e.requestId,t),e.feedback=t?`helpful`:`unhelpful`,this.said=`Thank you.`}catch{e.feedback=`refused`,this.said=`The service does not take feedback on this answer.`}z(this.address,this.collection,this.turns),this.requestUpdate()}render(){let{turns:e,opened:t}=this;return T`<section class="chat ${t?`open`:``}" part="chat" aria-label=${this.heading} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2>${this.heading}</h2>
          <button class="outlined" ?hidden=${!e.length} @click=${this.clear}>New conversation</button>
        </header>
        <div class="turns" part="conversation" tabindex=${e.length?`0`:D} role="region" aria-label="Conversation">
          ${e.length?e.map((t,n)=>this.turn(t,n===e.length-1)):this.welcome()}
          ${this.keyNeeded?this.keyForm():D}
        </div>
        <div class="foot">${this.form()}
          <p class="promise muted" part="promise">Every answer is an exact quote. No text is generated.</p>
        </div>
      </div>
      ${t?T`<quotewise-source part="source" exportparts="source-title, source-text, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme??D} .beside=${!0} .places=${t.places} .current=${t.current} .short=${t.short}
            @quotewise-close=${this.close} @quotewise-move=${e=>this.opened={...t,current:e.detail}}></quotewise-source>`:D}
    </section>
    <p class="unseen" role="status">${this.said}</p>`}welcome(){let e=St(this.suggestions);return T`<div class="welcome" part="welcome">
      <strong>Answers in the documents’ own words</strong>
      <p class="muted">Ask a question. You get the sentences that answer it, and where they stand.</p>
      ${e.length?T`<ul class="suggestions" aria-label="Suggested questions">
            ${e.map(e=>T`<li><button class="outlined" part="suggestion" @click=${()=>this.ask(e)}>${e}</button></li>`)}
          </ul>`:D}
    </div>`}form(){let e=this.asking!==null;return T`<form class="composer" part="form" @submit=${this.submit}>
      <textarea part="input" rows="1" maxlength=${yt} aria-label="Question" placeholder=${this.placeholder} enterkeyhint="send" @keydown=${this.typed}></textarea>
      <button class="primary icon" part="send" aria-label=${e?`Stop`:`Ask`} title=${e?`Stop`:`Ask`}>${e?at:it}</button>
    </form>`}turn(e,t){return T`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${H(e.question)}</h3>
      ${e.state===`asking`?T`<p class="progress muted">${e.progress}</p>`:this.verdict(e,t)}
      ${this.quotes(e)}
      ${e.requestId&&e.state!==`asking`?this.feedback(e):D}
    </article>`}verdict(e,t){if(e.state===`answered`){let{level:t,words:n}=gt(e.confidence);return T`<p class="verdict" part="verdict"><span class="level ${t}"></span>${n} <span class="muted">${Math.round(e.confidence*100)}% sure of the first quote</span></p>`}if(e.state===`silent`)return T`<p class="verdict" part="verdict"><span class="level silent"></span>The documents do not say. ${e.closest.length?T`<span class="muted">These passages come closest:</span>`:D}</p>`;let n=t?T`<div><button class="outlined" @click=${()=>this.retry(e)}>Ask again</button></div>`:D;return T`${e.problem?T`<p class="problem break" part="problem">${H(e.problem)}</p>`:T`<p class="muted">Stopped.</p>`}${n}`}quotes(e){let t=bt(e);return t.length?T`<ol class="quotes ${e.citations.length?``:`closest`}" aria-label=${e.citations.length?`Quotes`:`Closest passages`}>
      ${t.map((t,n)=>T`<li>${this.quote(e,t,n)}</li>`)}
    </ol>`:D}quote(e,t,n){let{document:r,quote:i,heading:a}=t,o=this.opened!==null&&this.opened.places[this.opened.current]===t,s=q(r),c=this.copied===t;return T`<figure class=${o?`current`:``} part="quote">
      <blockquote dir="auto" part="text">${Ge(i,{start:0,end:i.length},xt(e,t,n))}</blockquote>
      <figcaption>
        <div class="break">
          <a class="reference" part="citation" href=${this.service.link(r,t)} aria-current=${o?`true`:D}
            @click=${t=>this.follow(t,e,n)}><span class="number">${n+1}</span><bdi>${H(s??r.path)}</bdi></a><span class="muted">, ${s?T`<bdi>${H(r.path)}</bdi>, `:D}${_t(t)}${a.length?T` · <bdi>${H(a.join(` › `))}</bdi>`:D}</span>
        </div>
        <button class="icon" part="copy" aria-label=${c?`Copied quote ${n+1}`:`Copy quote ${n+1} and its reference`}
          title="Copy quote and reference" @click=${()=>this.copyQuote(t)}>${c?st:ot}</button>
      </figcaption>
    </figure>`}feedback(e){let t=e.feedback;if(t===`refused`)return T`<p class="after muted">Feedback on this answer is not taken.</p>`;let n=n=>T`<button class="icon" part="thumb" aria-pressed=${t===(n?`helpful`:`unhelpful`)}
      aria-label=${n?`Helpful`:`Not helpful`} title=${n?`Helpful`:`Not helpful`} @click=${()=>this.rate(e,n)}>${n?ft:pt}</button>`;return T`<div class="after" part="feedback" role="group" aria-label="Was this helpful?">
      ${n(!0)}${n(!1)}<span class="muted">${t?`Thank you.`:``}</span>
    </div>`}};W([F()],Y.prototype,`heading`,void 0),W([F()],Y.prototype,`placeholder`,void 0),W([F()],Y.prototype,`suggestions`,void 0),W([I()],Y.prototype,`turns`,void 0),W([I()],Y.prototype,`opened`,void 0),W([I()],Y.prototype,`copied`,void 0),W([I()],Y.prototype,`said`,void 0),W([L(`textarea`)],Y.prototype,`composer`,void 0),W([L(`.turns`)],Y.prototype,`scroller`,void 0),W([L(`quotewise-source`)],Y.prototype,`source`,void 0);var bt=e=>e.citations.length?e.citations:e.closest;function xt(e,{quote:t,start:n,highlights:r},i){let a=r.map(e=>({...e,kind:`highlight`}));return e.short?.citation===i+1&&a.push({start:e.short.start,end:e.short.end,kind:`short`}),B(t,a,n)}function St(e){if(e.trimStart().startsWith(`[`))try{return JSON.parse(e)}catch{return[]}return e.split(`
`).map(e=>e.trim()).filter(Boolean)}var X=100,Ct=1e3,wt=1e4,Z=class extends G{constructor(...e){super(...e),this.for=null,this.documents=[],this.total=0,this.words=``,this.shownCount=X,this.collections=[],this.usual=``,this.problem=``,this.loading=!0,this.unfolded=!1,this.loads=Promise.resolve(),this.leaving=new AbortController}static{this.styles=[mt,o`
    :host {
      block-size: 100%;
    }
    section {
      display: grid;
      grid-template-rows: auto minmax(0, 1fr);
      block-size: 100%;
    }
    .head {
      display: grid;
      gap: 0.625rem;
      padding: 0.875rem 1rem;
    }
    .head h2 {
      display: flex;
      align-items: baseline;
      justify-content: space-between;
    }
    .head h2 .muted {
      font-weight: 400;
    }
    .head button {
      display: none;
      justify-content: space-between;
      inline-size: 100%;
      padding: 0;
      color: inherit;
      font-size: 0.9375rem;
      font-weight: 650;
    }
    .list {
      overflow: auto;
      padding: 0 0.5rem 1rem;
    }
    .list > p,
    .list > button {
      margin: 0.5rem;
    }
    a {
      display: grid;
      padding: 0.4375rem 0.5rem;
      border-radius: calc(var(--radius) * 0.7);
      color: var(--text);
      text-decoration: none;
    }
    a:hover {
      background: var(--tint);
    }
    a:focus-visible {
      outline-offset: -2px;
    }
    @media (max-width: 56rem) {
      :host {
        block-size: auto;
      }
      .head {
        padding-block: 0.375rem;
      }
      .head button {
        display: flex;
      }
      .head h2,
      section:not(.open) :is(.list, select, input) {
        display: none;
      }
      .list {
        max-block-size: 45dvh;
      }
    }
  `]}get chat(){return this.for?document.querySelector(`#${CSS.escape(this.for)}`):null}connectedCallback(){super.connectedCallback();let e=new URLSearchParams(location.search).get(`collection`);this.for&&e&&this.choose(e)}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&this.again()}async again(){this.leaving.abort(),this.leaving=new AbortController,await this.queue(async e=>{this.documents=[],this.total=0,this.shownCount=X,this.loading=!0,await this.load(X,e),await this.fill(e)});try{let e=await this.service.collections();this.collections=e.collections.map(({name:e})=>e),this.usual=e.default}catch(e){this.problemOf(e)}}queue(e){let{signal:t}=this.leaving;return this.loads=this.loads.then(()=>t.aborted?void 0:e(t))}async fill(e){let t=()=>Math.min(this.total,this.words?wt:this.shownCount);for(;this.documents.length<t()&&!this.problem&&!e.aborted;)await this.load(this.words?Ct:X,e)}async load(e,t){try{let n=await this.service.documents(this.collection,this.documents.length,e,t);this.documents=[...this.documents,...n.documents],this.total=n.total,this.problem=``}catch(e){if(t.aborted)return;this.problem=this.problemOf(e).message}this.loading=!1}choose(e){this.collection=e,this.chat&&(this.chat.collection=e);let t=new URL(location.href);t.searchParams.set(`collection`,e),window.history.replaceState(null,``,t)}narrow(){return this.words=this.filter.value.trim().toLowerCase(),this.shownCount=X,this.queue(e=>this.fill(e))}more(){return this.shownCount+=X,this.problem=``,this.queue(e=>this.fill(e))}pick(e,t){!this.chat||e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.unfolded=!1,this.chat.open(t))}render(){let{words:e,documents:t,total:n,collections:r}=this,i=e?t.filter(({title:t,path:n})=>`${t}\n${n}`.toLowerCase().includes(e)):t,a=this.loading?D:n.toLocaleString(`en`),o=e?i.length>this.shownCount:n>this.shownCount;return T`<section class=${this.unfolded?`open`:``} aria-label="Documents">
      <div class="head">
        <h2>Documents <span class="muted">${a}</span></h2>
        <button aria-expanded=${this.unfolded?`true`:`false`} @click=${()=>this.unfolded=!this.unfolded}>
          Documents <span class="muted">${a} ${this.unfolded?lt:ut}</span>
        </button>
        ${r.length>1?T`<select aria-label="Collection" @change=${e=>this.choose(e.target.value)}>
              ${r.map(e=>T`<option .value=${e} ?selected=${e===(this.collection??this.usual)}>${e}</option>`)}
            </select>`:D}
        <input type="search" aria-label="Filter documents" placeholder="Filter by title or path" @input=${this.narrow} />
      </div>
      <div class="list">
        ${this.keyNeeded?this.keyForm():this.problem?T`<p class="problem break">${H(this.problem)}</p>`:D}
        <ul>${i.slice(0,this.shownCount).map(e=>this.item(e))}</ul>
        ${o?T`<button class="outlined" @click=${this.more}>Show more</button>`:D}
        <p class="muted" role="status">${this.state(i.length)}</p>
      </div>
    </section>`}item(e){let t=q(e);return T`<li><a class="break" href=${this.service.link(e)} @click=${t=>this.pick(t,e)}>
      ${t?T`<bdi>${H(t)}</bdi><bdi class="muted">${H(e.path)}</bdi>`:T`<bdi>${H(e.path)}</bdi>`}
    </a></li>`}state(e){if(this.loading||this.problem||this.keyNeeded)return``;if(!this.words)return this.total?``:`There are no documents here.`;let t=this.documents.length<this.total?` of the first ${this.documents.length.toLocaleString(`en`)}`:``;return`${J(e,`document`)}${t} match.`}};W([F()],Z.prototype,`for`,void 0),W([I()],Z.prototype,`documents`,void 0),W([I()],Z.prototype,`total`,void 0),W([I()],Z.prototype,`words`,void 0),W([I()],Z.prototype,`shownCount`,void 0),W([I()],Z.prototype,`collections`,void 0),W([I()],Z.prototype,`usual`,void 0),W([I()],Z.prototype,`problem`,void 0),W([I()],Z.prototype,`loading`,void 0),W([I()],Z.prototype,`unfolded`,void 0),W([L(`input[type=search]`)],Z.prototype,`filter`,void 0);var Tt=4e3,Q=2e4,Et=3,Dt=/\/documents\/([0-9a-f]{16})\/view$/,$=class extends G{constructor(...e){super(...e),this.document=null,this.start=null,this.end=null,this.sha256=null,this.places=[],this.current=0,this.short=null,this.beside=!1,this.source=null,this.problem=``,this.notice=``,this.window={start:0,end:0,line:1},this.copied=!1,this.addressed=!1,this.marks=[],this.quote=null,this.sources=new Map}static{this.styles=[mt,o`
    :host {
      block-size: 100%;
      background: var(--surface);
    }
    section {
      display: grid;
      grid-template-rows: auto auto 1fr;
      block-size: 100%;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 0.75rem;
      align-items: start;
      justify-content: space-between;
      padding: 0.625rem 0.75rem 0.625rem 1.125rem;
      border-block-end: 1px solid var(--border);
    }
    header > div {
      flex: 1 1 12rem;
      min-inline-size: 0;
    }
    nav {
      display: flex;
      align-items: center;
      gap: 0.125rem;
    }
    nav span {
      padding-inline: 0.25rem;
      white-space: nowrap;
    }
    .notices {
      padding: 0.75rem 1.125rem 0;
    }
    .notices:empty {
      display: none;
    }
    .text {
      position: relative;
      overflow: auto;
      padding: 1rem 1.125rem 2rem 0;
      font: 1rem/1.65 var(--quote-font);
      overscroll-behavior: contain;
    }
    .text:focus-visible {
      outline-offset: -2px;
    }
    .line {
      display: grid;
      grid-template-columns: 3.25rem minmax(0, 1fr);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      tab-size: 4;
    }
    .line::before {
      content: attr(data-line);
      padding-inline-end: 0.875rem;
      text-align: end;
      color: var(--muted);
      font: 0.6875rem/1.6rem var(--font);
      font-variant-numeric: tabular-nums;
      user-select: none;
    }
    .line p:empty::before {
      content: "\\200b";
    }
    .other {
      background: color-mix(in srgb, var(--mark) 45%, transparent);
    }
    .quote {
      background: var(--mark);
    }
    .highlight {
      background: color-mix(in srgb, var(--mark-strong) 55%, var(--mark));
    }
    .more {
      display: flex;
      margin: 0.25rem 0 0.75rem 3.25rem;
    }
    .more + .more,
    .line + .more {
      margin-block: 0.75rem 0;
    }
  `]}focus(){this.heading.focus({preventScroll:!0})}connectedCallback(){super.connectedCallback();let[,e]=!this.document&&!this.places.length&&Dt.exec(location.pathname)||[];if(!e)return;let t=new URLSearchParams(location.search);this.document=e,this.addressed=!0,(t.has(`start`)||t.has(`end`))&&(this.start=Number(t.get(`start`)||NaN),this.end=Number(t.get(`end`)||NaN),this.sha256=t.get(`sha256`))}willUpdate(e){if([`document`,`start`,`end`,`sha256`].some(t=>e.has(t))&&this.document){let e={id:this.document,sha256:this.sha256??void 0};this.places=[{document:e,start:this.start??void 0,end:this.end??void 0}],this.current=0}this.wanted!==this.places[this.current]&&this.show()}again(){this.show()}async show(){let e=this.wanted=this.places[this.current];if(!e)return;this.problem=``,this.copied=!1,this.source?.document.id!==e.document.id&&(this.source=null);let t;try{t=await this.read(e.document)}catch(t){this.sources.clear();let n=this.problemOf(t),r=n.kind===`unknown-document`;e===this.wanted&&(this.problem=r?`This document is not in the index, or no longer.`:n.message);return}if(e!==this.wanted)return;this.source=t,this.mark(t,e),await this.updateComplete;let n=this.renderRoot.querySelector(`mark.quote`);this.scroller.scrollTop=n?n.offsetTop-this.scroller.clientHeight/4:0,this.addressed&&(globalThis.document.title=`${Ke(t.document.title)} – Quotewise`)}read({id:e,sha256:t}){let n=`${e} ${t}`,r=this.sources.get(n);if(!r){let{service:t}=this;r=Promise.all([t.document(e),t.text(e)]).then(([e,t])=>({document:e,text:t})),this.sources.set(n,r),this.sources.size>Et&&this.sources.delete(this.sources.keys().next().value)}return r}mark({document:e,text:t},n){let{start:r,end:i}=n;if(this.marks=[],this.quote=null,this.notice=``,r!==void 0||i!==void 0){let a=Number.isInteger(r)&&Number.isInteger(i)&&r>=0&&r<i,[o,s]=a?Ue(t,[r,i]):[-1,-1];if(n.quote===void 0&&!e.sha256.startsWith(n.document.sha256??``))this.notice=`This document has changed since the link was made, and the quote may no longer stand there. Nothing is marked.`;else if(o<0||s<0){let t=a?`characters ${r.toLocaleString(`en`)} to ${i.toLocaleString(`en`)}`:`no possible range`;this.notice=`The address names ${t}, but this document has ${J(e.characters,`character`)}. Nothing is marked.`}else if(n.quote!==void 0&&t.slice(o,s)!==n.quote)this.notice=`This document has changed since it was quoted, and the quote no longer stands there. Nothing is marked.`;else{let a=1+V(t,o);this.quote={start:o,end:s,line_start:a,line_end:a+V(t.slice(o,s))};let c=[{start:r,end:i,kind:`quote`},...(n.highlights??[]).map(e=>({...e,kind:`highlight`}))];this.short&&this.short.citation===this.current+1&&c.push({...this.short,kind:`short`}),this.marks=[...B(t,c),...B(t,this.others(e,n))]}}let a=this.quote??{start:0,end:0};this.look(this.cut(t,a.start-Tt),this.cut(t,Math.min(a.end,a.start+Q)+Tt))}others({id:e,sha256:t},n){return this.places.filter(r=>r!==n&&r.document.id===e&&r.document.sha256===t).flatMap(({start:e,end:t})=>t===void 0?[]:[{start:e,end:t,kind:`other`}])}cut(e,t){if(t<=0)return 0;if(t>=e.length)return e.length;let n=Math.max(e.lastIndexOf(`
`,t-1),e.lastIndexOf(`\r`,t-1))+1;return e[n]===`
`&&e[n-1]===`\r`&&n++,t-n<Tt/2?n:(e.charCodeAt(t)&64512)==56320?t-1:t}more(e){let{text:t}=this.source,{start:n,end:r}=this.window,i=this.scroller.scrollHeight-this.scroller.scrollTop;e===`below`?this.look(n,this.cut(t,r+Q)):(this.look(this.cut(t,n-Q),r),this.updateComplete.then(()=>this.scroller.scrollTop=this.scroller.scrollHeight-i))}look(e,t){this.window={start:e,end:t,line:1+V(this.source.text,e)}}move(e){let t=(e+this.places.length)%this.places.length;this.dispatchEvent(new CustomEvent(`quotewise-move`,{detail:t})),this.current=t}async copyQuote(){let{document:e,text:t}=this.source,n=t.slice(this.quote.start,this.quote.end);this.copied=await rt(vt({page:null,...this.quote,quote:n,document:e},this.link()))}link(){let e=this.places[this.current];return this.service.link(this.source?.document??e.document,this.quote?e:void 0)}render(){let{source:e,problem:t,notice:n,keyNeeded:r}=this,i=this.places[this.current],a=e?.document??i?.document,o=a?.path&&q(a),s=[o&&T`<bdi>${H(a.path)}</bdi>`,this.quote&&_t({page:i.page??null,...this.quote})];return T`<section aria-label="Source" aria-busy=${!e&&!t}>
      <header>
        <div>
          <h2 tabindex="-1" class="break" part="source-title"><bdi>${H(o||a?.path||(t?`No document`:`Source`))}</bdi></h2>
          <p class="muted break">${s.filter(Boolean).map((e,t)=>T`${t?`, `:``}${e}`)}</p>
        </div>
        ${this.controls(e)}
      </header>
      <div class="notices" role="status">${r?this.keyForm():t||n?T`<p class="problem break">${H(t||n)}</p>`:D}</div>
      <div class="text" part="source-text" role="region" aria-label="Text of the document" tabindex="0">
        ${e?this.rows(e):t?D:T`<p class="more muted">Loading the document…</p>`}
      </div>
    </section>`}controls(e){let{places:t,current:n,beside:r}=this;return T`<nav aria-label="Quotes">
      ${t.length>1?T`<button class="icon" aria-label="Previous quote" title="Previous quote" @click=${()=>this.move(n-1)}>${lt}</button>
            <span class="muted" role="status">${n+1} of ${t.length}</span>
            <button class="icon" aria-label="Next quote" title="Next quote" @click=${()=>this.move(n+1)}>${ut}</button>`:D}
      ${e&&this.quote?T`<button class="icon" aria-label=${this.copied?`Copied`:`Copy quote and reference`} title="Copy quote and reference" @click=${this.copyQuote}>${this.copied?st:ot}</button>`:D}
      ${r?T`<a class="button icon" href=${this.link()} target="_blank" rel="noopener" aria-label="Open at its own address" title="Open at its own address">${dt}</a>
            <button class="icon" aria-label="Close the source" title="Close" @click=${this.close}>${ct}</button>`:D}
    </nav>`}rows({text:e}){let{start:t,end:n}=this.window,r=this.window.line,i=[...We(e,this.window)];return i.length>1&&i.at(-1).start===n&&i.pop(),T`
      ${t>0?T`<div class="more"><button class="outlined" @click=${()=>this.more(`above`)}>${lt} More above</button></div>`:D}
      ${i.map(t=>T`<div class="line" data-line=${r++}><p dir="auto">${Ge(e,t,this.marks)}</p></div>`)}
      ${n<e.length?T`<div class="more"><button class="outlined" @click=${()=>this.more(`below`)}>${ut} More below</button></div>`:D}
    `}close(){this.dispatchEvent(new CustomEvent(`quotewise-close`))}};W([F()],$.prototype,`document`,void 0),W([F({type:Number})],$.prototype,`start`,void 0),W([F({type:Number})],$.prototype,`end`,void 0),W([F()],$.prototype,`sha256`,void 0),W([F({attribute:!1})],$.prototype,`places`,void 0),W([F({attribute:!1})],$.prototype,`current`,void 0),W([F({attribute:!1})],$.prototype,`short`,void 0),W([F({attribute:!1})],$.prototype,`beside`,void 0),W([I()],$.prototype,`source`,void 0),W([I()],$.prototype,`problem`,void 0),W([I()],$.prototype,`notice`,void 0),W([I()],$.prototype,`window`,void 0),W([I()],$.prototype,`copied`,void 0),W([L(`.text`)],$.prototype,`scroller`,void 0),W([L(`h2`)],$.prototype,`heading`,void 0);var Ot={"quotewise-source":$,"quotewise-chat":Y,"quotewise-documents":Z};for(let[e,t]of Object.entries(Ot))customElements.get(e)||customElements.define(e,t)})();