/*! quotewise-chat; sources sha256 fb11e377e6388224c445498d74afbcaf508a2e51f1c4f14d0e29c21dd2270c57 */
(function(){var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,f=globalThis,re=f.trustedTypes,ie=re?re.emptyScript:``,ae=f.reactiveElementPolyfillSupport,p=(e,t)=>e,m={toAttribute(e,t){switch(t){case Boolean:e=e?ie:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},oe=(e,t)=>!l(e,t),se={attribute:!0,type:String,converter:m,reflect:!1,useDefault:!1,hasChanged:oe};Symbol.metadata??=Symbol(`metadata`),f.litPropertyMetadata??=new WeakMap;var h=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=se){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??se}static _$Ei(){if(this.hasOwnProperty(p(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(p(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(p(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?m:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?m:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??oe)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};h.elementStyles=[],h.shadowRootOptions={mode:`open`},h[p(`elementProperties`)]=new Map,h[p(`finalized`)]=new Map,ae?.({ReactiveElement:h}),(f.reactiveElementVersions??=[]).push(`2.1.2`);var ce=globalThis,le=e=>e,g=ce.trustedTypes,ue=g?g.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,de=`$lit$`,_=`lit$${Math.random().toFixed(9).slice(2)}$`,fe=`?`+_,pe=`<${fe}>`,v=document,y=()=>v.createComment(``),b=e=>e===null||typeof e!=`object`&&typeof e!=`function`,me=Array.isArray,he=e=>me(e)||typeof e?.[Symbol.iterator]==`function`,ge=`[ 	
\f\r]`,x=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,_e=/-->/g,ve=/>/g,S=RegExp(`>|${ge}(?:([^\\s"'>=/]+)(${ge}*=${ge}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),ye=/'/g,be=/"/g,xe=/^(?:script|style|textarea|title)$/i,C=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),w=Symbol.for(`lit-noChange`),T=Symbol.for(`lit-nothing`),Se=new WeakMap,E=v.createTreeWalker(v,129);function Ce(e,t){if(!me(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return ue===void 0?t:ue.createHTML(t)}var we=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=x;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===x?c[1]===`!--`?o=_e:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=S):(xe.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=S):o=ve:o===S?c[0]===`>`?(o=i??x,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?S:c[3]===`"`?be:ye):o===be||o===ye?o=S:o===_e||o===ve?o=x:(o=S,i=void 0);let d=o===S&&e[t+1].startsWith(`/>`)?` `:``;a+=o===x?n+pe:l>=0?(r.push(s),n.slice(0,l)+de+n.slice(l)+_+d):n+_+(l===-2?t:d)}return[Ce(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},D=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=we(t,n);if(this.el=e.createElement(l,r),E.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=E.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(de)){let t=u[o++],n=i.getAttribute(e).split(_),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Ee:r[1]===`?`?De:r[1]===`@`?Oe:A}),i.removeAttribute(e)}else e.startsWith(_)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(xe.test(i.tagName)){let e=i.textContent.split(_),t=e.length-1;if(t>0){i.textContent=g?g.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],y()),E.nextNode(),c.push({type:2,index:++a});i.append(e[t],y())}}}else if(i.nodeType===8){if(i.data===fe)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(_,e+1))!==-1;)c.push({type:7,index:a}),e+=_.length-1}}a++}}static createElement(e,t){let n=v.createElement(`template`);return n.innerHTML=e,n}};function O(e,t,n=e,r){if(t===w)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=b(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=O(e,i._$AS(e,t.values),i,r)),t}var Te=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??v).importNode(t,!0);E.currentNode=r;let i=E.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new k(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new ke(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=E.nextNode(),a++)}return E.currentNode=v,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},k=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=T,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=O(this,e,t),b(e)?e===T||e==null||e===``?(this._$AH!==T&&this._$AR(),this._$AH=T):e!==this._$AH&&e!==w&&this._(e):e._$litType$===void 0?e.nodeType===void 0?he(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==T&&b(this._$AH)?this._$AA.nextSibling.data=e:this.T(v.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=D.createElement(Ce(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Te(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Se.get(e.strings);return t===void 0&&Se.set(e.strings,t=new D(e)),t}k(t){me(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(y()),this.O(y()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=le(e).nextSibling;le(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},A=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=T,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=T}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=O(this,e,t,0),a=!b(e)||e!==this._$AH&&e!==w,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=O(this,r[n+o],t,o),s===w&&(s=this._$AH[o]),a||=!b(s)||s!==this._$AH[o],s===T?e=T:e!==T&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===T?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Ee=class extends A{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===T?void 0:e}},De=class extends A{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==T)}},Oe=class extends A{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=O(this,e,t,0)??T)===w)return;let n=this._$AH,r=e===T&&n!==T||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==T&&(n===T||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ke=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){O(this,e)}},Ae=ce.litHtmlPolyfillSupport;Ae?.(D,k),(ce.litHtmlVersions??=[]).push(`3.3.3`);var je=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new k(t.insertBefore(y(),e),e,void 0,n??{})}return i._$AI(e),i},j=globalThis,M=class extends h{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=je(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return w}};M._$litElement$=!0,M.finalized=!0,j.litElementHydrateSupport?.({LitElement:M});var Me=j.litElementPolyfillSupport;Me?.({LitElement:M}),(j.litElementVersions??=[]).push(`4.2.2`);var Ne={attribute:!0,type:String,converter:m,reflect:!1,hasChanged:oe},Pe=(e=Ne,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function N(e){return(t,n)=>typeof n==`object`?Pe(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function P(e){return N({...e,state:!0,attribute:!1})}var Fe=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function F(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Fe(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Fe(n,r,{get(){return a(this)}})}}var Ie=3,Le=2e3,Re=e=>({question:e,state:`asking`,citations:[],closest:[],confidence:0,short:null});function ze(e){return e.filter(e=>e.state===`answered`||e.state===`silent`).slice(-3).map(({question:e,citations:t})=>({question:e,quotes:t.map(({quote:e})=>e).filter(e=>e.length<=Le).slice(0,Ie)}))}var Be=(e,t)=>`quotewise:${e}:${t??``}`;function Ve(e,t){try{return JSON.parse(sessionStorage.getItem(Be(e,t))??`[]`).map(e=>e.state===`asking`?{...e,state:`stopped`}:e)}catch{return[]}}function I(e,t,n){try{n.length?sessionStorage.setItem(Be(e,t),JSON.stringify(n)):sessionStorage.removeItem(Be(e,t))}catch{}}async function*He(e){let t=e.pipeThrough(new TextDecoderStream).getReader(),n=``,r=`message`,i=[];try{for(;;){let{value:e,done:a}=await t.read();if(a)return;let o=(n+e).split(/\r\n|\n|\r(?!$)/);n=o.pop();for(let e of o){let[,t,n]=/^([^:]*):? ?(.*)$/s.exec(e);t===`event`&&(r=n),t===`data`&&i.push(n),e||(i.length&&(yield{name:r,data:i.join(`
`)}),r=`message`,i=[])}}}finally{await t.cancel().catch(()=>{})}}var L=class e extends Error{constructor(e,t,n=0,r=null){super(t),this.kind=e,this.status=n,this.retryAfter=r}static async of(t){let n=/\bjson\b/.test(Ue(t))?await t.json().catch(()=>({})):{},r=Number.parseInt(t.headers.get(`Retry-After`)??``,10);return e.from({status:t.status,...n},Number.isNaN(r)?null:r)}static from(t,n=null){let r=(t.type??``).split(`:`).pop();return new e(r,t.detail??`The service answered with status ${t.status}.`,t.status,n)}},Ue=e=>e.headers.get(`Content-Type`)??``,We=class{constructor(e,t){this.endpoint=e,this.key=t}async*ask(e,t,n,r){let i={question:e,...t.length&&{history:t},...n&&{collection:n}},a=await this.post(`ask`,i,{Accept:`text/event-stream`},r);if(!Ue(a).startsWith(`text/event-stream`)){yield*Ge(await a.json());return}let o=[];for await(let{name:e,data:t}of He(a.body)){let n=JSON.parse(t);if(e===`passages`)o=n.passages,yield{name:e,count:o.length};else if(e===`citation`)yield{name:e,citation:n};else if(e===`answer`)yield{...n,name:e,closest:n.closest.map(e=>Ke(o[e]))};else if(e===`done`){yield{name:e,requestId:n.request_id};return}else if(e===`error`)throw L.from(n)}throw new L(`cut-off`,`The connection was lost before the answer was complete.`)}async feedback(e,t){await this.post(`feedback`,{request_id:e,helpful:t})}async document(e){return(await this.request(`documents/${e}`)).json()}async text(e){let t=await(await this.request(`documents/${e}/text`)).arrayBuffer();return new TextDecoder(`utf-8`,{ignoreBOM:!0}).decode(t)}async structure(e){return(await this.request(`documents/${e}/structure`)).json()}async place(e,{start:t,end:n}){return(await this.request(`documents/${e}/place?start=${t}&end=${n}`)).json()}async page(e,t,n){return(await this.request(`documents/${e}/pages/${t}.png?width=${n}`)).blob()}async documents(e,t,n,r){let i=new URLSearchParams({offset:`${t}`,limit:`${n}`,...e&&{collection:e}});return(await this.request(`documents?${i}`,{signal:r})).json()}async collections(){return(await this.request(`collections`)).json()}link({id:e,sha256:t},n){let r=t?`&sha256=${t.slice(0,16)}`:``,i=n?.end===void 0?``:`?start=${n.start}&end=${n.end}${r}`;return new URL(`documents/${e}/view${i}`,this.endpoint).href}post(e,t,n={},r){let i={"Content-Type":`application/json`,...n};return this.request(e,{method:`POST`,body:JSON.stringify(t),headers:i,signal:r})}async request(e,t={}){let n={...t.headers,...this.key&&{Authorization:`Bearer ${this.key}`}},r;try{r=await fetch(new URL(e,this.endpoint),{...t,headers:n,credentials:`omit`,referrerPolicy:`no-referrer`})}catch(e){throw e.name===`AbortError`?e:new L(`unreachable`,`${this.endpoint.host} does not answer, or not to this page.`)}if(!r.ok)throw await L.of(r);return r}};function*Ge(e){for(let t of e.citations)yield{name:`citation`,citation:t};let{answered:t,confidence:n,short_answer:r,closest:i}=e;yield{name:`answer`,answered:t,confidence:n,short_answer:r,closest:i},yield{name:`done`,requestId:e.request_id}}function Ke({text:e,start:t,end:n,place:r,heading:i,document:a}){return{quote:e,start:t,end:n,page:null,place:r,heading:i,highlights:[],document:a}}function R(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var qe=document.currentScript,Je=new URL(`..`,qe?.src||document.baseURI).href,z=`quotewise-key`,B=class extends M{constructor(...e){super(...e),this.endpoint=null,this.apiKey=null,this.collection=null,this.theme=null,this.keyNeeded=!1,this.keyGiven=()=>{this.keyNeeded&&(this.keyNeeded=!1,this.again())}}get service(){let e=this.address;return new We(e,this.apiKey||Xe(e))}get address(){let e=new URL(this.endpoint||Je,document.baseURI);return e.pathname.endsWith(`/`)||(e.pathname+=`/`),e}connectedCallback(){super.connectedCallback(),window.addEventListener(z,this.keyGiven)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(z,this.keyGiven)}again(){}problemOf(e){let t=e instanceof L?e:new L(`cut-off`,`The connection was lost before the answer was complete.`);return t.status===401&&!this.apiKey&&(this.keyNeeded=!0),t}keyForm(){return C`<form class="key" part="key" @submit=${this.giveKey}>
      <label for="key">This service asks for an API key. It is kept until you close this tab.</label>
      <div>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required />
        <button class="primary">Use key</button>
      </div>
    </form>`}giveKey(e){e.preventDefault();let t=new FormData(e.target).get(`key`);try{sessionStorage.setItem(Ye(this.address),t.trim())}catch{this.apiKey=t.trim()}window.dispatchEvent(new Event(z))}};R([N()],B.prototype,`endpoint`,void 0),R([N({attribute:`api-key`})],B.prototype,`apiKey`,void 0),R([N()],B.prototype,`collection`,void 0),R([N({reflect:!0})],B.prototype,`theme`,void 0),R([P()],B.prototype,`keyNeeded`,void 0);var Ye=e=>`quotewise-key:${e}`;function Xe(e){try{return sessionStorage.getItem(Ye(e))}catch{return null}}async function Ze(e){try{return await navigator.clipboard.writeText(e),!0}catch{let t=document.createElement(`textarea`);t.value=e,document.body.append(t),t.select();let n=document.execCommand(`copy`);return t.remove(),n}}var V=e=>C`<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${e} /></svg>`,Qe=V(`M12 19V5m-6 6 6-6 6 6`),$e=V(`M7 7h10v10H7z`),et=V(`M9 9h11v11H9zM5 15H4V4h11v1`),tt=V(`m5 13 4 4L19 7`),nt=V(`M6 6l12 12M18 6 6 18`),rt=V(`m6 15 6-6 6 6`),it=V(`m6 9 6 6 6-6`),at=V(`m15 6-6 6 6 6`),ot=V(`m9 6 6 6-6 6`),st=V(`M14 4h6v6m0-6-9 9M18 14v6H4V6h6`),ct=V(`M7 11v9H4v-9zm0 0 4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7`),lt=V(`M17 13V4h3v9zm0 0-4 8a2 2 0 0 1-3-2l1-5H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10`);V(`M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6`);var H=o`
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
`,ut=new Set([`hidden`,`code`,`strong`,`emphasis`]),dt=/\r\n|\n|\r/g,ft=/(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,8})[\u{e0000}-\u{e007f}]|(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]/gu,pt=`NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US`.split(` `);function mt(e,t){let n=new Map,r=0,i=0;for(let a of[...new Set(t)].sort((e,t)=>e-t)){for(;i<a&&r<e.length;i++)r+=(e.charCodeAt(r)&64512)==55296?2:1;n.set(a,i===a?r:-1)}return t.map(e=>n.get(e))}function ht(e,t){let n=t;for(let r=0;r<t;r++)(e.charCodeAt(r)&64512)==56320&&n--;return n}function gt(e,t,n=0){let r=mt(e,t.flatMap(e=>[e.start-n,e.end-n]));return t.map((e,t)=>({...e,start:r[2*t],end:r[2*t+1]})).filter(e=>e.start>=0&&e.end>e.start)}function _t(e,t=e.length){let n=0;for(let r of e.matchAll(dt)){if(r.index+r[0].length>t)break;n++}return n}function*vt(e,{start:t,end:n}){let r=t;for(let i of e.slice(t,n).matchAll(dt))yield{start:r,end:t+i.index},r=t+i.index+i[0].length;yield{start:r,end:n}}function U(e,{start:t,end:n},r){let i=r.filter(e=>e.start<n&&e.end>t),a=[...new Set([t,n,...i.flatMap(e=>[Math.max(e.start,t),Math.min(e.end,n)])])].sort((e,t)=>e-t);return a.slice(1).map((t,n)=>{let r=a[n],o=i.filter(e=>e.start<t&&e.end>r).map(e=>e.kind),s=W(e.slice(r,t)),c=o.filter(e=>ut.has(e)),l=[...new Set(o.filter(e=>!ut.has(e)))].join(` `);if(o.includes(`hidden`))return C`<span class="hidden ${l}">${s}</span>`;let u=c.length?C`<span class=${c.join(` `)}>${s}</span>`:s;return l?C`<mark class=${l}>${u}</mark>`:u})}function W(e){let t=[],n=0;for(let{0:r,index:i}of e.matchAll(ft))t.push(e.slice(n,i),C`<bdi class="control" data-name=${bt(r)}>${r}</bdi>`),n=i+r.length;return[...t,e.slice(n)]}var yt=e=>e.replace(ft,e=>`[${bt(e)}]`);function bt(e){let t=e.codePointAt(0);return pt[t]??`U+${t.toString(16).toUpperCase().padStart(4,`0`)}`}var xt=[[.75,`high`,`Very likely an answer`],[.5,`fair`,`Likely an answer`],[.3,`low`,`Possibly an answer`],[0,`least`,`Perhaps an answer: read it in its place`]];function St(e){let[,t,n]=xt.find(([t])=>e>=t);return{level:t,words:n}}var Ct=({heading:e,place:t})=>t===`section ${e.at(-1)}`?e.slice(0,-1):e;function G({title:e,path:t}){return t.split(`/`).pop().replace(/\.\w+$/,``)===e?null:e}function wt({quote:e,place:t,document:n},r){return`${e}\n\n— ${[G(n),n.path,t].filter(Boolean).join(`, `)}\n${r}\n`}var K=(e,t)=>`${e.toLocaleString(`en`)} ${t}${e===1?``:`s`}`,Tt=2e3,q=class extends B{constructor(...e){super(...e),this.heading=`Ask the documents`,this.placeholder=`Ask a question`,this.suggestions=``,this.turns=[],this.opened=null,this.copied=null,this.said=``,this.asking=null,this.opener=null}static{this.styles=[H,o`
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
  `]}focus(){this.composer.focus()}ask(e){return this.answer(Re(e))}open(e){this.show({places:[{document:e}],current:0,short:null})}disconnectedCallback(){super.disconnectedCallback(),this.asking?.abort()}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&(this.asking?.abort(),this.turns=Ve(this.address,this.collection),this.opened=null,this.copied=null)}firstUpdated(){this.autofocus&&this.focus(),this.scroller.scrollTop=this.scroller.scrollHeight,this.scroller.classList.add(`smooth`)}again(){let e=this.turns.at(-1);e?.state===`failed`&&this.retry(e)}retry(e){return this.turns=this.turns.filter(t=>t!==e),this.answer(Re(e.question))}async answer(e){if(this.asking||!e.question.trim())return;let t=this.asking=new AbortController,{address:n,collection:r,service:i}=this,a=ze(this.turns);this.turns=[...this.turns,e],I(n,r,this.turns),this.tell(e,`Searching…`),this.updateComplete.then(()=>this.reveal());try{for await(let n of i.ask(e.question,a,r,t.signal))this.take(e,n)}catch(n){let r=t.signal.aborted,i=r?null:this.problemOf(n),a=i?.retryAfter?` Try again in ${K(i.retryAfter,`second`)}.`:``;e.state=r?`stopped`:`failed`,e.problem=i?i.message.replace(/[^.!?]$/,`$&.`)+a:void 0,this.tell(e,e.problem??`Stopped.`)}this.asking=null,n.href===this.address.href&&r===this.collection&&I(n,r,this.turns),this.requestUpdate()}take(e,t){if(t.name===`passages`&&this.tell(e,`Reading ${K(t.count,`passage`)}…`),t.name===`citation`&&(e.citations=[...e.citations,t.citation]),t.name===`done`&&(e.requestId=t.requestId),t.name===`answer`){let{answered:n,closest:r,short_answer:i}=t;Object.assign(e,{state:n?`answered`:`silent`,confidence:t.confidence,short:i,closest:r});let a=`The documents do not say. ${K(r.length,`close passage`)}.`;this.tell(e,n?`${K(e.citations.length,`quote`)}. ${St(t.confidence).words}.`:a)}this.requestUpdate()}tell(e,t){e.progress=t,this.said=t}reveal(){let e=this.renderRoot.querySelector(`.turn:last-of-type`);e&&(this.scroller.scrollTop=e.offsetTop-20)}submit(e){if(e.preventDefault(),this.asking){this.asking.abort();return}let t=this.composer.value;t.trim()&&(this.composer.value=``,this.ask(t.trim()))}typed(e){e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),this.asking||this.submit(e))}pressed(e){e.key===`Escape`&&!e.isComposing&&this.opened&&this.close()}clear(){this.asking?.abort(),this.turns=[],this.opened=null,I(this.address,this.collection,[]),this.said=`New conversation.`,this.focus()}follow(e,t,n){e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.opener=e.currentTarget,this.show({places:Et(t),current:n,short:t.short}))}show(e){this.opened=e,this.updateComplete.then(()=>this.source.updateComplete).then(()=>this.source.focus())}close(){this.opened=null,this.opener?.isConnected?this.updateComplete.then(()=>this.opener?.focus()):this.focus()}async copyQuote(e){let t=await Ze(wt(e,this.service.link(e.document,e)));this.copied=t?e:null,this.said=t?`Copied with its reference.`:`This browser does not let the page copy.`}async rate(e,t){try{await this.service.feedback(e.requestId,t),e.feedback=t?`helpful`:`unhelpful`,this.said=`Thank you.`}catch{e.feedback=`refused`,this.said=`The service does not take feedback on this answer.`}I(this.address,this.collection,this.turns),this.requestUpdate()}render(){let{turns:e,opened:t}=this;return C`<section class="chat ${t?`open`:``}" part="chat" aria-label=${this.heading} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2>${this.heading}</h2>
          <button class="outlined" ?hidden=${!e.length} @click=${this.clear}>New conversation</button>
        </header>
        <div class="turns" part="conversation" tabindex=${e.length?`0`:T} role="region" aria-label="Conversation">
          ${e.length?e.map((t,n)=>this.turn(t,n===e.length-1)):this.welcome()}
          ${this.keyNeeded?this.keyForm():T}
        </div>
        <div class="foot">${this.form()}
          <p class="promise muted" part="promise">Every answer is an exact quote. No text is generated.</p>
        </div>
      </div>
      ${t?C`<quotewise-source part="source" exportparts="source-title, source-text, source-page, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme??T} .beside=${!0} .places=${t.places} .current=${t.current} .short=${t.short}
            @quotewise-close=${this.close} @quotewise-move=${e=>this.opened={...t,current:e.detail}}></quotewise-source>`:T}
    </section>
    <p class="unseen" role="status">${this.said}</p>`}welcome(){let e=Ot(this.suggestions);return C`<div class="welcome" part="welcome">
      <strong>Answers in the documents’ own words</strong>
      <p class="muted">Ask a question. You get the sentences that answer it, and where they stand.</p>
      ${e.length?C`<ul class="suggestions" aria-label="Suggested questions">
            ${e.map(e=>C`<li><button class="outlined" part="suggestion" @click=${()=>this.ask(e)}>${e}</button></li>`)}
          </ul>`:T}
    </div>`}form(){let e=this.asking!==null;return C`<form class="composer" part="form" @submit=${this.submit}>
      <textarea part="input" rows="1" maxlength=${Tt} aria-label="Question" placeholder=${this.placeholder} enterkeyhint="send" @keydown=${this.typed}></textarea>
      <button class="primary icon" part="send" aria-label=${e?`Stop`:`Ask`} title=${e?`Stop`:`Ask`}>${e?$e:Qe}</button>
    </form>`}turn(e,t){return C`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${W(e.question)}</h3>
      ${e.state===`asking`?C`<p class="progress muted">${e.progress}</p>`:this.verdict(e,t)}
      ${this.quotes(e)}
      ${e.requestId&&e.state!==`asking`?this.feedback(e):T}
    </article>`}verdict(e,t){if(e.state===`answered`){let{level:t,words:n}=St(e.confidence);return C`<p class="verdict" part="verdict"><span class="level ${t}"></span>${n} <span class="muted">${Math.round(e.confidence*100)}% sure of the first quote</span></p>`}if(e.state===`silent`)return C`<p class="verdict" part="verdict"><span class="level silent"></span>The documents do not say. ${e.closest.length?C`<span class="muted">These passages come closest:</span>`:T}</p>`;let n=t?C`<div><button class="outlined" @click=${()=>this.retry(e)}>Ask again</button></div>`:T;return C`${e.problem?C`<p class="problem break" part="problem">${W(e.problem)}</p>`:C`<p class="muted">Stopped.</p>`}${n}`}quotes(e){let t=Et(e);return t.length?C`<ol class="quotes ${e.citations.length?``:`closest`}" aria-label=${e.citations.length?`Quotes`:`Closest passages`}>
      ${t.map((t,n)=>C`<li>${this.quote(e,t,n)}</li>`)}
    </ol>`:T}quote(e,t,n){let{document:r,quote:i,place:a}=t,o=Ct(t),s=this.opened!==null&&this.opened.places[this.opened.current]===t,c=G(r),l=this.copied===t;return C`<figure class=${s?`current`:``} part="quote">
      <blockquote dir="auto" part="text">${U(i,{start:0,end:i.length},Dt(e,t,n))}</blockquote>
      <figcaption>
        <div class="break">
          <a class="reference" part="citation" href=${this.service.link(r,t)} aria-current=${s?`true`:T}
            @click=${t=>this.follow(t,e,n)}><span class="number">${n+1}</span><bdi>${W(c??r.path)}</bdi></a><span class="muted">, ${c?C`<bdi>${W(r.path)}</bdi>, `:T}<bdi>${W(a)}</bdi>${o.length?C` · <bdi>${W(o.join(` › `))}</bdi>`:T}</span>
        </div>
        <button class="icon" part="copy" aria-label=${l?`Copied quote ${n+1}`:`Copy quote ${n+1} and its reference`}
          title="Copy quote and reference" @click=${()=>this.copyQuote(t)}>${l?tt:et}</button>
      </figcaption>
    </figure>`}feedback(e){let t=e.feedback;if(t===`refused`)return C`<p class="after muted">Feedback on this answer is not taken.</p>`;let n=n=>C`<button class="icon" part="thumb" aria-pressed=${t===(n?`helpful`:`unhelpful`)}
      aria-label=${n?`Helpful`:`Not helpful`} title=${n?`Helpful`:`Not helpful`} @click=${()=>this.rate(e,n)}>${n?ct:lt}</button>`;return C`<div class="after" part="feedback" role="group" aria-label="Was this helpful?">
      ${n(!0)}${n(!1)}<span class="muted">${t?`Thank you.`:``}</span>
    </div>`}};R([N()],q.prototype,`heading`,void 0),R([N()],q.prototype,`placeholder`,void 0),R([N()],q.prototype,`suggestions`,void 0),R([P()],q.prototype,`turns`,void 0),R([P()],q.prototype,`opened`,void 0),R([P()],q.prototype,`copied`,void 0),R([P()],q.prototype,`said`,void 0),R([F(`textarea`)],q.prototype,`composer`,void 0),R([F(`.turns`)],q.prototype,`scroller`,void 0),R([F(`quotewise-source`)],q.prototype,`source`,void 0);var Et=e=>e.citations.length?e.citations:e.closest;function Dt(e,{quote:t,start:n,highlights:r},i){let a=r.map(e=>({...e,kind:`highlight`}));return e.short?.citation===i+1&&a.push({start:e.short.start,end:e.short.end,kind:`short`}),gt(t,a,n)}function Ot(e){if(e.trimStart().startsWith(`[`))try{return JSON.parse(e)}catch{return[]}return e.split(`
`).map(e=>e.trim()).filter(Boolean)}var J=100,kt=1e3,At=1e4,Y=class extends B{constructor(...e){super(...e),this.for=null,this.documents=[],this.total=0,this.words=``,this.shownCount=J,this.collections=[],this.usual=``,this.problem=``,this.loading=!0,this.unfolded=!1,this.loads=Promise.resolve(),this.leaving=new AbortController}static{this.styles=[H,o`
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
  `]}get chat(){return this.for?document.querySelector(`#${CSS.escape(this.for)}`):null}connectedCallback(){super.connectedCallback();let e=new URLSearchParams(location.search).get(`collection`);this.for&&e&&this.choose(e)}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&this.again()}async again(){this.leaving.abort(),this.leaving=new AbortController,await this.queue(async e=>{this.documents=[],this.total=0,this.shownCount=J,this.loading=!0,await this.load(J,e),await this.fill(e)});try{let e=await this.service.collections();this.collections=e.collections.map(({name:e})=>e),this.usual=e.default}catch(e){this.problemOf(e)}}queue(e){let{signal:t}=this.leaving;return this.loads=this.loads.then(()=>t.aborted?void 0:e(t))}async fill(e){let t=()=>Math.min(this.total,this.words?At:this.shownCount);for(;this.documents.length<t()&&!this.problem&&!e.aborted;)await this.load(this.words?kt:J,e)}async load(e,t){try{let n=await this.service.documents(this.collection,this.documents.length,e,t);this.documents=[...this.documents,...n.documents],this.total=n.total,this.problem=``}catch(e){if(t.aborted)return;this.problem=this.problemOf(e).message}this.loading=!1}choose(e){this.collection=e,this.chat&&(this.chat.collection=e);let t=new URL(location.href);t.searchParams.set(`collection`,e),window.history.replaceState(null,``,t)}narrow(){return this.words=this.filter.value.trim().toLowerCase(),this.shownCount=J,this.queue(e=>this.fill(e))}more(){return this.shownCount+=J,this.problem=``,this.queue(e=>this.fill(e))}pick(e,t){!this.chat||e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.unfolded=!1,this.chat.open(t))}render(){let{words:e,documents:t,total:n,collections:r}=this,i=e?t.filter(({title:t,path:n})=>`${t}\n${n}`.toLowerCase().includes(e)):t,a=this.loading?T:n.toLocaleString(`en`),o=e?i.length>this.shownCount:n>this.shownCount;return C`<section class=${this.unfolded?`open`:``} aria-label="Documents">
      <div class="head">
        <h2>Documents <span class="muted">${a}</span></h2>
        <button aria-expanded=${this.unfolded?`true`:`false`} @click=${()=>this.unfolded=!this.unfolded}>
          Documents <span class="muted">${a} ${this.unfolded?rt:it}</span>
        </button>
        ${r.length>1?C`<select aria-label="Collection" @change=${e=>this.choose(e.target.value)}>
              ${r.map(e=>C`<option .value=${e} ?selected=${e===(this.collection??this.usual)}>${e}</option>`)}
            </select>`:T}
        <input type="search" aria-label="Filter documents" placeholder="Filter by title or path" @input=${this.narrow} />
      </div>
      <div class="list">
        ${this.keyNeeded?this.keyForm():this.problem?C`<p class="problem break">${W(this.problem)}</p>`:T}
        <ul>${i.slice(0,this.shownCount).map(e=>this.item(e))}</ul>
        ${o?C`<button class="outlined" @click=${this.more}>Show more</button>`:T}
        <p class="muted" role="status">${this.state(i.length)}</p>
      </div>
    </section>`}item(e){let t=G(e);return C`<li><a class="break" href=${this.service.link(e)} @click=${t=>this.pick(t,e)}>
      ${t?C`<bdi>${W(t)}</bdi><bdi class="muted">${W(e.path)}</bdi>`:C`<bdi>${W(e.path)}</bdi>`}
    </a></li>`}state(e){if(this.loading||this.problem||this.keyNeeded)return``;if(!this.words)return this.total?``:`There are no documents here.`;let t=this.documents.length<this.total?` of the first ${this.documents.length.toLocaleString(`en`)}`:``;return`${K(e,`document`)}${t} match.`}};R([N()],Y.prototype,`for`,void 0),R([P()],Y.prototype,`documents`,void 0),R([P()],Y.prototype,`total`,void 0),R([P()],Y.prototype,`words`,void 0),R([P()],Y.prototype,`shownCount`,void 0),R([P()],Y.prototype,`collections`,void 0),R([P()],Y.prototype,`usual`,void 0),R([P()],Y.prototype,`problem`,void 0),R([P()],Y.prototype,`loading`,void 0),R([P()],Y.prototype,`unfolded`,void 0),R([F(`input[type=search]`)],Y.prototype,`filter`,void 0);var jt=6,Mt=200,Nt=2400,Pt=`rgb(255 224 102)`,X=class extends B{constructor(...e){super(...e),this.of={id:``,path:``},this.pages=1,this.page=1,this.boxes=[],this.image=null,this.problem=``,this.images=new Map,this.wanted=``,this.key=e=>`${this.of.id} ${this.of.sha256} ${e}`}static{this.styles=[H,o`
    :host {
      min-block-size: 0;
      min-inline-size: 0;
    }
    section {
      display: grid;
      grid-template-rows: auto minmax(0, 1fr);
      block-size: 100%;
    }
    nav {
      display: flex;
      align-items: center;
      justify-content: center;
      gap: 0.375rem;
      padding: 0.25rem 0.75rem;
      border-block-end: 1px solid var(--border);
    }
    label {
      display: flex;
      align-items: center;
      gap: 0.375rem;
      white-space: nowrap;
    }
    input {
      inline-size: 4rem;
      padding: 0.125rem 0.375rem;
      text-align: center;
    }
    [aria-disabled="true"] {
      opacity: 0.4;
      cursor: default;
    }
    .sheet {
      overflow: auto;
      padding: 0.75rem;
      overscroll-behavior: contain;
    }
    .sheet:focus-visible {
      outline-offset: -2px;
    }
    canvas {
      display: block;
      inline-size: 100%;
      block-size: auto;
      border: 1px solid var(--border);
    }
    .problem + canvas,
    .loading + canvas {
      display: none;
    }
    .problem button {
      margin-block-start: 0.5rem;
    }
  `]}again(){this.wanted=``,this.show()}updated(e){(e.has(`of`)||e.has(`page`))&&this.show(),e.has(`boxes`)&&this.draw()}async show(){let{page:e}=this,t=this.key(e);if(t!==this.wanted){this.wanted=t,this.problem=``,this.image=null;try{let n=await this.picture(e);if(t!==this.wanted)return;this.image=n}catch(e){t===this.wanted&&(this.problem=this.problemOf(e).message);return}await this.updateComplete,this.draw();for(let t of[e+1,e-1])t>=1&&t<=this.pages&&this.picture(t).catch(()=>{})}}get width(){return Math.min(Nt,Math.max(3,Math.ceil(this.clientWidth*devicePixelRatio/Mt))*Mt)}picture(e){let t=this.key(e),n=this.images.get(t);return n||(n=this.service.page(this.of.id,e,this.width).then(t=>createImageBitmap(t).catch(()=>{throw new L(`unreadable-picture`,`The picture of page ${e} came damaged or empty.`)})),n.catch(()=>this.images.delete(t)),this.images.set(t,n),this.images.size>jt&&this.images.delete(this.images.keys().next().value)),n}draw(){let{canvas:e,image:t}=this;if(!t||!e)return;Object.assign(e,{width:t.width,height:t.height});let n=e.getContext(`2d`);n.drawImage(t,0,0),n.globalCompositeOperation=`multiply`,n.fillStyle=Pt;let r=this.boxes.filter(({page:e})=>e===this.page);for(let{left:e,top:i,right:a,bottom:o}of r)n.fillRect(e*t.width,i*t.height,(a-e)*t.width,(o-i)*t.height);let i=Math.min(...r.map(e=>e.top));this.scroller.scrollTop=r.length?i*e.clientHeight-this.scroller.clientHeight/3:0}turn(e){let t=Math.min(Math.max(Math.round(e)||1,1),this.pages);return t!==this.page&&this.dispatchEvent(new CustomEvent(`quotewise-turn`,{detail:t})),t}jump({target:e}){let t=e;t.value=`${this.turn(Number(t.value))}`}pressed(e){let t={ArrowLeft:-1,ArrowRight:1}[e.key];!t||e.altKey||e.ctrlKey||e.metaKey||(e.preventDefault(),this.turn(this.page+t))}render(){let{page:e,pages:t,problem:n,image:r}=this,i=this.boxes.some(t=>t.page===e),a=(e,n,r)=>C`<button class="icon"
      aria-label=${n} title=${n} aria-disabled=${e<1||e>t?`true`:T} @click=${()=>this.turn(e)}>${r}</button>`;return C`<section aria-label="Page" aria-busy=${r||n?`false`:`true`}>
      <nav aria-label="Pages">
        ${a(e-1,`Previous page`,at)}
        <label class="muted">Page <input type="number" min="1" max=${t} .value=${`${e}`} @change=${this.jump} /> of ${t.toLocaleString(`en`)}</label>
        ${a(e+1,`Next page`,ot)}
      </nav>
      <div class="sheet" part="source-page" role="region" aria-label="Picture of the page" tabindex="0" @keydown=${this.pressed}>
        ${this.keyNeeded?T:n?C`<div class="problem break" role="alert"><p>Page ${e} cannot be shown: ${W(n)}</p>
                <button class="outlined" @click=${this.again}>Try again</button></div>`:r?T:C`<p class="loading muted">Loading page ${e}…</p>`}
        <canvas role="img" aria-label="Page ${e} of ${this.of.path}${i?`, with the quote marked`:``}"></canvas>
      </div>
    </section>
    <p class="unseen" role="status">${r?`Page ${e} of ${t}`:``}</p>`}};R([N({attribute:!1})],X.prototype,`of`,void 0),R([N({attribute:!1})],X.prototype,`pages`,void 0),R([N({attribute:!1})],X.prototype,`page`,void 0),R([N({attribute:!1})],X.prototype,`boxes`,void 0),R([P()],X.prototype,`image`,void 0),R([P()],X.prototype,`problem`,void 0),R([F(`canvas`)],X.prototype,`canvas`,void 0),R([F(`.sheet`)],X.prototype,`scroller`,void 0);var Ft=/^(?:\(?[\p{L}\d]{1,4}[.)]|[•●▪◦‣·*–→§-])\s/u,It=/[\ud800-\udbff]/,Lt=6;function Rt(e,{parts:t,blocks:n}){if(!It.test(e))return{parts:t,blocks:n};let r=[...t.map(({start:e})=>e),...n.flatMap(e=>[e,...e.cells,...e.marks].flatMap(({start:e,end:t})=>[e,t]))],i=mt(e,r),a=new Map(r.map((e,t)=>[e,i[t]])),o=e=>({...e,start:a.get(e.start),end:a.get(e.end)});return{parts:t.map(e=>({...e,start:a.get(e.start)})),blocks:n.map(e=>({...o(e),cells:e.cells.map(o),marks:e.marks.map(o)}))}}function zt(e,t,n,r,i){let a=[...vt(e,t)];a.length>1&&a.at(-1).start===t.end&&a.pop();let o=t.line,s=n.findIndex(({start:e})=>e>=t.start);return a.map(t=>{let a=[];for(;s>=0&&s<n.length&&n[s].start<=t.end;s++)a.push(Ut(n[s]));return C`${a}<div class="line ${i?`numbered`:``}" data-line=${o++}><p dir="auto" data-start=${t.start}>${U(e,t,r)}</p></div>`})}function Bt(e,t,{parts:n,blocks:r},i){let a=Ht(t,n,r),o=[];for(let t=0;t<a.length;){let{block:n,part:r}=a[t],s=Vt[n.kind],c=t+1;for(;s&&c<a.length&&Vt[a[c].block.kind]===s&&(!a[c].part||s===`cues`);)c++;let l=a.slice(t,c);r&&s!==`cues`&&o.push(Ut(r)),s===`table`?o.push(qt(e,l.map(e=>e.block),i)):s===`list`?o.push(C`<ul class=${n.kind}>${l.map(t=>Gt(e,t.block,i))}</ul>`):s===`cues`?o.push(C`${l.map(t=>Kt(e,t.block,t.part,i))}`):o.push(Wt(e,n,i)),t=c}return o}var Vt={row:`table`,columns:`table`,item:`list`,cue:`cues`};function Ht(e,t,n){let r=[],i=t.findIndex(({start:t})=>t>=e.start);for(let a of n){if(a.end<=e.start||a.start>=e.end)continue;let n=Math.max(a.start,e.start),o=Math.min(a.end,e.end);for(;n<o;){let e;for(;i>=0&&t[i]?.start<=n;i++)e=t[i];let s=i>=0&&t[i]?.start<o&&!a.cells.length?t[i].start:o;r.push({block:{...a,start:n,end:s},part:e}),n=s}}return r}var Ut=({kind:e,number:t,place:n})=>C`<p class="part muted" data-part="${e} ${t}"><bdi>${n}</bdi></p>`,Z=(e,t,n)=>U(e,t,[...n,...t.marks]);function Wt(e,t,n){let{kind:r,level:i,start:a}=t;return r===`heading`?C`<p class="heading l${Math.min(i,Lt)}" role="heading" aria-level=${Math.min(i+2,Lt)} dir="auto" data-start=${a}>${Z(e,t,n)}</p>`:r===`code`?C`<pre class="code" data-start=${a}>${Z(e,t,n)}</pre>`:r===`quotation`?C`<blockquote dir="auto" data-start=${a}>${Z(e,t,n)}</blockquote>`:C`<p class=${r} dir="auto" data-start=${a}>${Z(e,t,n)}</p>`}function Gt(e,t,n){let r=t.marks.find(({kind:e,start:n})=>e===`hidden`&&n===t.start),i=Ft.test(e.slice(r?r.end:t.start,t.start+20));return C`<li class="l${Math.min(t.level,Lt)} ${i?`own`:``}" dir="auto" data-start=${t.start}>${Z(e,t,n)}</li>`}function Kt(e,t,n,r){return C`<div class="line cue" data-line=${n?.place??T}><p dir="auto" data-start=${t.start}>${Z(e,t,r)}</p></div>`}function qt(e,t,n){return C`<div class="table" role="region" aria-label="Table" tabindex="0"><table>
    ${t.map(t=>{let r=t.cells.length?t.cells:[t],i=[t.start,...r.flatMap(({start:e,end:t})=>[e,t]),t.end],a=r.concat(t).map((e,t)=>({start:i[2*t],end:i[2*t+1],kind:`hidden`})),o=[...n,...t.marks,...a];return C`<tr>${r.map((n,i)=>{let a={start:i?r[i].start:t.start,end:i+1<r.length?r[i+1].start:t.end},s=U(e,a,o);return t.kind===`columns`?C`<th scope="col" dir="auto" data-start=${a.start}>${s}</th>`:C`<td dir="auto" data-start=${a.start}>${s}</td>`})}</tr>`})}
  </table></div>`}var Jt=o`
  .text {
    position: relative;
    overflow: auto;
    min-block-size: 0;
    padding: 1rem 1.125rem 2rem;
    font: 1rem/1.65 var(--quote-font);
    overscroll-behavior: contain;
  }
  .text:focus-visible {
    outline-offset: -2px;
  }
  .text > *,
  li {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  .flowing > :not(pre),
  .flowing li,
  .more,
  .text > ul,
  table {
    white-space: normal;
  }
  :not(.flowing) > .table :is(th, td) {
    white-space: pre-wrap;
  }
  .line.numbered,
  .line.cue {
    display: grid;
    grid-template-columns: 2.125rem minmax(0, 1fr);
    margin-inline-start: -1.125rem;
    padding-inline-start: 0.25rem;
  }
  .line.cue {
    grid-template-columns: 4.25rem minmax(0, 1fr);
  }
  .line::before {
    padding-inline-end: 0.875rem;
    text-align: end;
    color: var(--muted);
    font: 0.6875rem/1.6rem var(--font);
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .numbered::before,
  .cue[data-line]::before {
    content: attr(data-line);
  }
  .cue:not([data-line])::before {
    content: "";
  }
  .line p:empty::before {
    content: "\\200b";
  }
  mark {
    color: var(--text); /* also in what is muted */
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
  .hidden {
    display: none;
  }
  .strong {
    font-weight: 650;
  }
  .emphasis {
    font-style: italic;
  }
  .more {
    display: flex;
    margin-block-end: 0.75rem;
  }
  .more:last-child:not(:first-child) {
    margin-block: 0.75rem 0;
  }
  .part {
    margin-block: 1.25rem 0.5rem;
    padding-block-end: 0.125rem;
    border-block-end: 1px solid var(--border);
    font-family: var(--font);
  }
  .part:first-child {
    margin-block-start: 0;
  }
  .heading,
  .paragraph,
  .quotation,
  blockquote,
  pre,
  .table,
  .text > ul {
    margin-block: 0 0.75em;
  }
  .heading {
    margin-block-start: 1.25em;
    font-weight: 650;
    line-height: 1.3;
    text-wrap: balance;
  }
  .text > :first-child {
    margin-block-start: 0;
  }
  .heading.l1 {
    font-size: 1.4375rem;
  }
  .heading.l2 {
    font-size: 1.25rem;
  }
  .heading.l3 {
    font-size: 1.125rem;
  }
  li {
    position: relative;
    margin-block-end: 0.25em;
    margin-inline-start: 1.125rem;
  }
  li:not(.own)::before {
    content: "•";
    position: absolute;
    inset-inline-start: -0.875rem;
  }
  li.l2 {
    margin-inline-start: 2.25rem;
  }
  li.l3 {
    margin-inline-start: 3.375rem;
  }
  li:is(.l4, .l5, .l6) {
    margin-inline-start: 4.5rem;
  }
  blockquote {
    padding-inline-start: 0.875rem;
    border-inline-start: 3px solid var(--border);
  }
  .code {
    font-family: ui-monospace, "DejaVu Sans Mono", monospace;
    font-size: 0.875em;
  }
  pre.code {
    padding: 0.625rem 0.75rem;
    border-radius: calc(var(--radius) * 0.5);
    background: var(--tint);
    white-space: pre-wrap;
  }
  .table {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: 0.9375rem;
    line-height: 1.45;
  }
  th,
  td {
    padding: 0.25rem 0.625rem;
    border: 1px solid var(--border);
    text-align: start;
    vertical-align: top;
    overflow-wrap: break-word;
  }
  th {
    background: var(--tint);
    font-weight: 650;
  }
  .caption,
  .footnote,
  .header,
  .footer,
  .navigation,
  .markup {
    margin-block-end: 0.5em;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .caption {
    font-style: italic;
  }
`;function Yt(e,t){let n=Xt(e);if(!n||n.collapsed)return null;let[r,i]=[Zt(e,n.startContainer,n.startOffset),Zt(e,n.endContainer,n.endOffset)];if(r===null||i===null)return null;let a=t.slice(r,i),o={start:r+a.length-a.trimStart().length,end:r+a.trimEnd().length};return o.start<o.end?o:null}function Xt(e){let t=document.getSelection();if(t?.getComposedRanges)return t.getComposedRanges({shadowRoots:[e]})[0]??null;let n=e.getSelection?.()??t;return n?.rangeCount?n.getRangeAt(0):null}function Zt(e,t,n){let r=(t instanceof Element?t:t.parentElement)?.closest(`[data-start]`);if(!r||!e.contains(r))return null;let i=document.createRange();return i.setStart(r,0),i.setEnd(t,n),Number(r.dataset.start)+i.toString().length}var Q=4e3,Qt=2e4,$t=3,en=/\/documents\/([0-9a-f]{16})\/view$/,tn=`application/pdf`,nn=e=>e.preventDefault(),rn=`text/markdown`,$=class extends B{constructor(...e){super(...e),this.document=null,this.start=null,this.end=null,this.sha256=null,this.places=[],this.current=0,this.short=null,this.beside=!1,this.source=null,this.problem=``,this.notice=``,this.window={start:0,end:0,line:1},this.copied=!1,this.boxes=[],this.page=1,this.pageFirst=!0,this.plainly=!1,this.selected=null,this.addressed=!1,this.marks=[],this.quote=null,this.printed=``,this.sources=new Map,this.selecting=()=>{let e=this.source&&Yt(this.renderRoot,this.source.text);(e?.start!==this.selected?.start||e?.end!==this.selected?.end)&&(this.selected=e,this.copied=!1)}}static{this.styles=[H,Jt,o`
    :host {
      block-size: 100%;
      background: var(--surface);
      container-type: inline-size;
    }
    section {
      display: grid;
      grid-template-rows: auto auto minmax(0, 1fr);
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
    nav,
    nav div {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.125rem;
    }
    nav span {
      padding-inline: 0.25rem;
      white-space: nowrap;
    }
    nav [aria-pressed="true"] {
      background: var(--tint);
      color: var(--accent);
    }
    .notices {
      padding: 0.75rem 1.125rem 0;
    }
    .notices:empty {
      display: none;
    }
    .body {
      display: grid;
      grid-row: 3; /* also where there is no notice */
      min-block-size: 0;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    }
    .paged {
      grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
    }
    .paged .text {
      border-inline-start: 1px solid var(--border);
    }
    .views {
      display: none;
    }
    @container (max-width: 44rem) {
      .views {
        display: flex;
      }
      .paged {
        grid-template-columns: minmax(0, 1fr);
      }
      .paged .text {
        border: 0;
      }
      .paged.page .text,
      .paged:not(.page) quotewise-page {
        display: none;
      }
    }
  `]}focus(){this.heading.focus({preventScroll:!0})}connectedCallback(){super.connectedCallback(),globalThis.document.addEventListener(`selectionchange`,this.selecting);let[,e]=!this.document&&!this.places.length&&en.exec(location.pathname)||[];if(!e)return;let t=new URLSearchParams(location.search);this.document=e,this.addressed=!0,(t.has(`start`)||t.has(`end`))&&(this.start=Number(t.get(`start`)||NaN),this.end=Number(t.get(`end`)||NaN),this.sha256=t.get(`sha256`))}disconnectedCallback(){super.disconnectedCallback(),globalThis.document.removeEventListener(`selectionchange`,this.selecting)}willUpdate(e){if([`document`,`start`,`end`,`sha256`].some(t=>e.has(t))&&this.document){let e={id:this.document,sha256:this.sha256??void 0};this.places=[{document:e,start:this.start??void 0,end:this.end??void 0}],this.current=0}this.wanted!==this.places[this.current]&&this.show()}again(){this.show()}async show(){let e=this.wanted=this.places[this.current];if(!e)return;this.problem=``,this.copied=!1,this.boxes=[],this.printed=e.place??``,this.source?.document.id!==e.document.id&&(this.source=null,this.page=e.page??1);let t;try{t=await this.read(e.document)}catch(t){this.sources.clear();let n=this.problemOf(t),r=n.kind===`unknown-document`;e===this.wanted&&(this.problem=r?`This document is not in the index, or no longer.`:n.message);return}if(e!==this.wanted)return;this.source=t,this.mark(t,e);let n=this.quote?.start??0;this.page=t.structure.parts.findLast(({kind:e,start:t})=>e===`page`&&t<=n)?.number??1,this.locate(e),await this.updateComplete,this.reveal(),this.addressed&&(globalThis.document.title=`${yt(t.document.title)} – Quotewise`)}read({id:e,sha256:t}){let n=`${e} ${t}`,r=this.sources.get(n);if(!r){let{service:t}=this,i=t.structure(e).catch(()=>({parts:[],blocks:[]}));r=Promise.all([t.document(e),t.text(e),i]).then(([e,t,n])=>({document:e,text:t,structure:Rt(t,n)})),this.sources.set(n,r),this.sources.size>$t&&this.sources.delete(this.sources.keys().next().value)}return r}async locate(e){if(this.quote)try{let{place:t,boxes:n}=await this.service.place(e.document.id,{start:e.start,end:e.end});if(e!==this.wanted)return;this.printed||=t,this.boxes=n,this.requestUpdate()}catch{}}reveal(e=`.quote`){let t=[...this.renderRoot.querySelectorAll(e)].find(e=>e.getClientRects().length),n=t?t.getBoundingClientRect().top-this.scroller.getBoundingClientRect().top:0;this.scroller.scrollTop=t?this.scroller.scrollTop+n-this.scroller.clientHeight/4:0}async turn(e){this.page=e;let{text:t,structure:n}=this.source??{text:``,structure:{parts:[]}},r=n.parts.find(({number:t})=>t===e)?.start;r!==void 0&&((r<this.window.start||r>=this.window.end)&&this.look(this.cut(t,r-Q),this.cut(t,r+Q)),await this.updateComplete,this.reveal(`[data-part="page ${e}"]`))}async view(e){this.pageFirst=e,await this.updateComplete,this.reveal()}mark({document:e,text:t},n){let{start:r,end:i}=n;if(this.marks=[],this.quote=null,this.notice=``,r!==void 0||i!==void 0){let a=Number.isInteger(r)&&Number.isInteger(i)&&r>=0&&r<i,[o,s]=a?mt(t,[r,i]):[-1,-1];if(n.quote===void 0&&!e.sha256.startsWith(n.document.sha256??``))this.notice=`This document has changed since the link was made, and the quote may no longer stand there. Nothing is marked.`;else if(o<0||s<0){let t=a?`characters ${r.toLocaleString(`en`)} to ${i.toLocaleString(`en`)}`:`no possible range`;this.notice=`The address names ${t}, but this document has ${K(e.characters,`character`)}. Nothing is marked.`}else if(n.quote!==void 0&&t.slice(o,s)!==n.quote)this.notice=`This document has changed since it was quoted, and the quote no longer stands there. Nothing is marked.`;else{this.quote={start:o,end:s};let a=[{start:r,end:i,kind:`quote`},...(n.highlights??[]).map(e=>({...e,kind:`highlight`}))];this.short&&this.short.citation===this.current+1&&a.push({...this.short,kind:`short`}),this.marks=[...gt(t,a),...gt(t,this.others(e,n))]}}let a=this.quote??{start:0,end:0};this.look(this.cut(t,a.start-Q),this.cut(t,Math.min(a.end,a.start+Qt)+Q))}others({id:e,sha256:t},n){return this.places.filter(r=>r!==n&&r.document.id===e&&r.document.sha256===t).flatMap(({start:e,end:t})=>t===void 0?[]:[{start:e,end:t,kind:`other`}])}cut(e,t){if(t<=0)return 0;if(t>=e.length)return e.length;let n=Math.max(e.lastIndexOf(`
`,t-1),e.lastIndexOf(`\r`,t-1))+1;return e[n]===`
`&&e[n-1]===`\r`&&n++,t-n<Q/2?n:(e.charCodeAt(t)&64512)==56320?t-1:t}more(e){let{text:t}=this.source,{start:n,end:r}=this.window,i=this.scroller.scrollHeight-this.scroller.scrollTop;e===`below`?this.look(n,this.cut(t,r+Qt)):(this.look(this.cut(t,n-Qt),r),this.updateComplete.then(()=>this.scroller.scrollTop=this.scroller.scrollHeight-i))}look(e,t){this.window={start:e,end:t,line:1+_t(this.source.text,e)}}move(e){let t=(e+this.places.length)%this.places.length;this.dispatchEvent(new CustomEvent(`quotewise-move`,{detail:t})),this.current=t}async copyQuote(){let{document:e,text:t}=this.source,n=t.slice(this.quote.start,this.quote.end);this.copied=await Ze(wt({quote:n,place:this.printed,document:e},this.link()))}async copySelected(){let{document:e,text:t}=this.source,{start:n,end:r}=this.selected,i={start:ht(t,n),end:ht(t,r)},{place:a}=await this.service.place(e.id,i).catch(()=>({place:``}));this.copied=await Ze(wt({quote:t.slice(n,r),place:a,document:e},this.service.link(e,i)))}link(){let e=this.places[this.current];return this.service.link(this.source?.document??e.document,this.quote?e:void 0)}render(){let{source:e,problem:t,notice:n,keyNeeded:r}=this,i=this.places[this.current],a=e?.document??i?.document,o=a?.path&&G(a),s=[o&&C`<bdi>${W(a.path)}</bdi>`,this.quote&&this.printed&&C`<bdi>${W(this.printed)}</bdi>`],c=!t&&a?.media_type===tn;return C`<section aria-label="Source" aria-busy=${!e&&!t}>
      <header>
        <div>
          <h2 tabindex="-1" class="break" part="source-title"><bdi>${W(o||a?.path||(t?`No document`:`Source`))}</bdi></h2>
          <p class="muted break">${s.filter(Boolean).map((e,t)=>C`${t?`, `:``}${e}`)}</p>
        </div>
        ${this.controls(e,c)}
      </header>
      <div class="notices" role="status">${r?this.keyForm():t||n?C`<p class="problem break">${W(t||n)}</p>`:T}</div>
      <div class="body ${c?`paged`:``} ${this.pageFirst?`page`:``}">
        ${c?this.pages(a):T}
        <div class="text ${a?.media_type===rn&&!this.plainly?`flowing`:``}" part="source-text" role="region" aria-label="Text of the document" tabindex="0">
          ${e?this.content(e):t?T:C`<p class="more muted">Loading the document…</p>`}
        </div>
      </div>
    </section>`}pages(e){let t=Math.max(this.page,this.source?.structure.parts.at(-1)?.number??1);return C`<quotewise-page exportparts="source-page" .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??T}
      .of=${e} .pages=${t} .page=${this.page} .boxes=${this.boxes} @quotewise-turn=${e=>this.turn(e.detail)}></quotewise-page>`}controls(e,t){let{places:n,current:r,beside:i,pageFirst:a,plainly:o,copied:s}=this,c=(e,t)=>C`<button class="icon" aria-label=${s?`Copied`:`Copy ${e} and reference`}
      title="Copy ${e} and reference" @mousedown=${nn} @click=${t}>${s?tt:et}</button>`;return C`<nav aria-label="Quotes">
      ${t?C`<div class="views" role="group" aria-label="View">
            <button aria-pressed=${a?`true`:`false`} @click=${()=>this.view(!0)}>Page</button>
            <button aria-pressed=${a?`false`:`true`} @click=${()=>this.view(!1)}>Text</button>
          </div>`:T}
      ${e?.structure.blocks.length?C`<button aria-pressed=${o?`true`:`false`} @click=${this.change}>Plain text</button>`:T}
      ${n.length>1?C`<button class="icon" aria-label="Previous quote" title="Previous quote" @click=${()=>this.move(r-1)}>${rt}</button>
            <span class="muted" role="status">${r+1} of ${n.length}</span>
            <button class="icon" aria-label="Next quote" title="Next quote" @click=${()=>this.move(r+1)}>${it}</button>`:T}
      ${this.selected?c(`selection`,this.copySelected):e&&this.quote?c(`quote`,this.copyQuote):T}
      ${i?C`<a class="button icon" href=${this.link()} target="_blank" rel="noopener" aria-label="Open at its own address" title="Open at its own address">${st}</a>
            <button class="icon" aria-label="Close the source" title="Close" @click=${this.close}>${nt}</button>`:T}
    </nav>`}async change(){this.plainly=!this.plainly,await this.updateComplete,this.reveal()}content({document:e,text:t,structure:n}){let{start:r,end:i}=this.window,a=n.blocks.length&&!this.plainly;return C`
      ${r>0?C`<div class="more"><button class="outlined" @click=${()=>this.more(`above`)}>${rt} More above</button></div>`:T}
      ${a?Bt(t,this.window,n,this.marks):zt(t,this.window,n.parts,this.marks,e.encoding!==``)}
      ${i<t.length?C`<div class="more"><button class="outlined" @click=${()=>this.more(`below`)}>${it} More below</button></div>`:T}
    `}close(){this.dispatchEvent(new CustomEvent(`quotewise-close`))}};R([N()],$.prototype,`document`,void 0),R([N({type:Number})],$.prototype,`start`,void 0),R([N({type:Number})],$.prototype,`end`,void 0),R([N()],$.prototype,`sha256`,void 0),R([N({attribute:!1})],$.prototype,`places`,void 0),R([N({attribute:!1})],$.prototype,`current`,void 0),R([N({attribute:!1})],$.prototype,`short`,void 0),R([N({attribute:!1})],$.prototype,`beside`,void 0),R([P()],$.prototype,`source`,void 0),R([P()],$.prototype,`problem`,void 0),R([P()],$.prototype,`notice`,void 0),R([P()],$.prototype,`window`,void 0),R([P()],$.prototype,`copied`,void 0),R([P()],$.prototype,`boxes`,void 0),R([P()],$.prototype,`page`,void 0),R([P()],$.prototype,`pageFirst`,void 0),R([P()],$.prototype,`plainly`,void 0),R([P()],$.prototype,`selected`,void 0),R([F(`.text`)],$.prototype,`scroller`,void 0),R([F(`h2`)],$.prototype,`heading`,void 0);var an={"quotewise-page":X,"quotewise-source":$,"quotewise-chat":q,"quotewise-documents":Y};for(let[e,t]of Object.entries(an))customElements.get(e)||customElements.define(e,t)})();