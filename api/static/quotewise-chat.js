/*! quotewise-chat; sources sha256 61362210fe2e07d4b12dfa0b0e6d789311991293900921939e5dc124ef414942 */
(function(){var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,re=globalThis,ie=re.trustedTypes,ae=ie?ie.emptyScript:``,oe=re.reactiveElementPolyfillSupport,f=(e,t)=>e,p={toAttribute(e,t){switch(t){case Boolean:e=e?ae:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},se=(e,t)=>!l(e,t),ce={attribute:!0,type:String,converter:p,reflect:!1,useDefault:!1,hasChanged:se};Symbol.metadata??=Symbol(`metadata`),re.litPropertyMetadata??=new WeakMap;var m=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ce){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ce}static _$Ei(){if(this.hasOwnProperty(f(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(f(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(f(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?p:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?p:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??se)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};m.elementStyles=[],m.shadowRootOptions={mode:`open`},m[f(`elementProperties`)]=new Map,m[f(`finalized`)]=new Map,oe?.({ReactiveElement:m}),(re.reactiveElementVersions??=[]).push(`2.1.2`);var le=globalThis,ue=e=>e,de=le.trustedTypes,fe=de?de.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,pe=`$lit$`,h=`lit$${Math.random().toFixed(9).slice(2)}$`,me=`?`+h,he=`<${me}>`,g=document,_=()=>g.createComment(``),v=e=>e===null||typeof e!=`object`&&typeof e!=`function`,ge=Array.isArray,_e=e=>ge(e)||typeof e?.[Symbol.iterator]==`function`,ve=`[ 	
\f\r]`,y=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ye=/-->/g,be=/>/g,b=RegExp(`>|${ve}(?:([^\\s"'>=/]+)(${ve}*=${ve}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),xe=/'/g,Se=/"/g,Ce=/^(?:script|style|textarea|title)$/i,x=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),S=Symbol.for(`lit-noChange`),C=Symbol.for(`lit-nothing`),we=new WeakMap,w=g.createTreeWalker(g,129);function Te(e,t){if(!ge(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return fe===void 0?t:fe.createHTML(t)}var Ee=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=y;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===y?c[1]===`!--`?o=ye:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=b):(Ce.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=b):o=be:o===b?c[0]===`>`?(o=i??y,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?b:c[3]===`"`?Se:xe):o===Se||o===xe?o=b:o===ye||o===be?o=y:(o=b,i=void 0);let d=o===b&&e[t+1].startsWith(`/>`)?` `:``;a+=o===y?n+he:l>=0?(r.push(s),n.slice(0,l)+pe+n.slice(l)+h+d):n+h+(l===-2?t:d)}return[Te(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},De=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=Ee(t,n);if(this.el=e.createElement(l,r),w.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=w.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(pe)){let t=u[o++],n=i.getAttribute(e).split(h),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?je:r[1]===`?`?Me:r[1]===`@`?Ne:Ae}),i.removeAttribute(e)}else e.startsWith(h)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Ce.test(i.tagName)){let e=i.textContent.split(h),t=e.length-1;if(t>0){i.textContent=de?de.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],_()),w.nextNode(),c.push({type:2,index:++a});i.append(e[t],_())}}}else if(i.nodeType===8){if(i.data===me)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(h,e+1))!==-1;)c.push({type:7,index:a}),e+=h.length-1}}a++}}static createElement(e,t){let n=g.createElement(`template`);return n.innerHTML=e,n}};function T(e,t,n=e,r){if(t===S)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=v(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=T(e,i._$AS(e,t.values),i,r)),t}var Oe=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??g).importNode(t,!0);w.currentNode=r;let i=w.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new ke(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new Pe(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=w.nextNode(),a++)}return w.currentNode=g,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},ke=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=C,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=T(this,e,t),v(e)?e===C||e==null||e===``?(this._$AH!==C&&this._$AR(),this._$AH=C):e!==this._$AH&&e!==S&&this._(e):e._$litType$===void 0?e.nodeType===void 0?_e(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==C&&v(this._$AH)?this._$AA.nextSibling.data=e:this.T(g.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=De.createElement(Te(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Oe(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=we.get(e.strings);return t===void 0&&we.set(e.strings,t=new De(e)),t}k(t){ge(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(_()),this.O(_()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=ue(e).nextSibling;ue(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Ae=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=C,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=C}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=T(this,e,t,0),a=!v(e)||e!==this._$AH&&e!==S,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=T(this,r[n+o],t,o),s===S&&(s=this._$AH[o]),a||=!v(s)||s!==this._$AH[o],s===C?e=C:e!==C&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===C?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},je=class extends Ae{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===C?void 0:e}},Me=class extends Ae{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==C)}},Ne=class extends Ae{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=T(this,e,t,0)??C)===S)return;let n=this._$AH,r=e===C&&n!==C||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==C&&(n===C||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Pe=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){T(this,e)}},Fe=le.litHtmlPolyfillSupport;Fe?.(De,ke),(le.litHtmlVersions??=[]).push(`3.3.3`);var Ie=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new ke(t.insertBefore(_(),e),e,void 0,n??{})}return i._$AI(e),i},Le=globalThis,E=class extends m{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ie(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return S}};E._$litElement$=!0,E.finalized=!0,Le.litElementHydrateSupport?.({LitElement:E});var Re=Le.litElementPolyfillSupport;Re?.({LitElement:E}),(Le.litElementVersions??=[]).push(`4.2.2`);var ze={attribute:!0,type:String,converter:p,reflect:!1,hasChanged:se},Be=(e=ze,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function D(e){return(t,n)=>typeof n==`object`?Be(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function O(e){return D({...e,state:!0,attribute:!1})}var Ve=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function k(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Ve(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Ve(n,r,{get(){return a(this)}})}}var He=o`
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
  quotewise-turn {
    display: block;
  }
  .turn {
    display: grid;
    gap: 0.75rem;
  }
  quotewise-turn + quotewise-turn {
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
`,Ue=3,We=2e3,Ge=e=>({question:e,state:`asking`,citations:[],closest:[],confidence:0,short:null});function Ke(e){return e.filter(e=>e.state===`answered`||e.state===`silent`).slice(-3).map(({question:e,citations:t})=>({question:e,quotes:t.map(({quote:e})=>e).filter(e=>e.length<=We).slice(0,Ue)}))}var qe=(e,t)=>`quotewise:${e}:${t??``}`;function Je(e,t){try{return JSON.parse(sessionStorage.getItem(qe(e,t))??`[]`).map(e=>e.state===`asking`?{...e,state:`stopped`}:e)}catch{return[]}}function Ye(e,t,n){try{n.length?sessionStorage.setItem(qe(e,t),JSON.stringify(n)):sessionStorage.removeItem(qe(e,t))}catch{}}async function*Xe(e){let t=e.pipeThrough(new TextDecoderStream).getReader(),n=``,r=`message`,i=[];try{for(;;){let{value:e,done:a}=await t.read();if(a)return;let o=(n+e).split(/\r\n|\n|\r(?!$)/);n=o.pop();for(let e of o){let[,t,n]=/^([^:]*):? ?(.*)$/s.exec(e);t===`event`&&(r=n),t===`data`&&i.push(n),e||(i.length&&(yield{name:r,data:i.join(`
`)}),r=`message`,i=[])}}}finally{await t.cancel().catch(()=>{})}}var A=class e extends Error{constructor(e,t,n=0,r=null){super(t),this.kind=e,this.status=n,this.retryAfter=r}static async of(t,n){let r=/\bjson\b/.test(Ze(t))?await t.json().catch(()=>({})):{},i=Number.parseInt(t.headers.get(`Retry-After`)??``,10);return e.from({status:t.status,...r},n,Number.isNaN(i)?null:i)}static from(t,n,r=null){let i=(t.type??``).split(`:`).pop();return new e(i,t.detail??n.status(t.status??0),t.status,r)}},Ze=e=>e.headers.get(`Content-Type`)??``,Qe=class{constructor(e,t,n){this.endpoint=e,this.key=t,this.texts=n}async*ask(e,t,n,r){let i={question:e,...t.length&&{history:t},...n&&{collection:n}},a=await this.post(`ask`,i,{Accept:`text/event-stream`},r);if(!Ze(a).startsWith(`text/event-stream`)){yield*$e(await a.json());return}let o=[];for await(let{name:e,data:t}of Xe(a.body)){let n=JSON.parse(t);if(e===`passages`)o=n.passages,yield{name:e,count:o.length};else if(e===`citation`)yield{name:e,citation:n};else if(e===`answer`)yield{...n,name:e,closest:n.closest.map(e=>et(o[e]))};else if(e===`done`){yield{name:e,requestId:n.request_id};return}else if(e===`error`)throw A.from(n,this.texts)}throw new A(`cut-off`,this.texts.cutOff)}async feedback(e,t){await this.post(`feedback`,{request_id:e,helpful:t})}async document(e){return(await this.request(`documents/${e}`)).json()}async text(e){let t=await(await this.request(`documents/${e}/text`)).arrayBuffer();return new TextDecoder(`utf-8`,{ignoreBOM:!0}).decode(t)}async structure(e){return(await this.request(`documents/${e}/structure`)).json()}async place(e,{start:t,end:n}){return(await this.request(`documents/${e}/place?start=${t}&end=${n}`)).json()}async page(e,t,n){return(await this.request(`documents/${e}/pages/${t}.png?width=${n}`)).blob()}async documents(e,t,n,r){let i=new URLSearchParams({offset:`${t}`,limit:`${n}`,...e&&{collection:e}});return(await this.request(`documents?${i}`,{signal:r})).json()}async collections(){return(await this.request(`collections`)).json()}link({id:e,sha256:t},n){let r=t?`&sha256=${t.slice(0,16)}`:``,i=n?.end===void 0?``:`?start=${n.start}&end=${n.end}${r}`;return new URL(`documents/${e}/view${i}`,this.endpoint).href}post(e,t,n={},r){let i={"Content-Type":`application/json`,...n};return this.request(e,{method:`POST`,body:JSON.stringify(t),headers:i,signal:r})}async request(e,t={}){let n={...t.headers,...this.key&&{Authorization:`Bearer ${this.key}`}},r;try{r=await fetch(new URL(e,this.endpoint),{...t,headers:n,credentials:`omit`,referrerPolicy:`no-referrer`})}catch(e){throw e.name===`AbortError`?e:new A(`unreachable`,this.texts.unreachable(this.endpoint.host))}if(!r.ok)throw await A.of(r,this.texts);return r}};function*$e(e){for(let t of e.citations)yield{name:`citation`,citation:t};let{answered:t,confidence:n,short_answer:r,closest:i}=e;yield{name:`answer`,answered:t,confidence:n,short_answer:r,closest:i},yield{name:`done`,requestId:e.request_id}}function et({text:e,start:t,end:n,place:r,heading:i,document:a}){return{quote:e,start:t,end:n,page:null,place:r,heading:i,highlights:[],document:a}}function tt(e){let t=new Intl.PluralRules(e);return(n,r,i)=>`${n.toLocaleString(e)} ${t.select(n)===`one`?r:i}`}var j=e=>t=>t.toLocaleString(e),M=j(`de`),N=tt(`de`),nt={number:M,slogan:`Antworten in den Worten der Dokumente`,skip:`Zur Frage springen`,askDocuments:`Dokumente befragen`,keyAsked:`Dieser Dienst verlangt einen API-Schlüssel. Er wird behalten, bis Sie diesen Tab schließen.`,useKey:`Schlüssel verwenden`,unreachable:e=>`${e} antwortet nicht oder nicht dieser Seite. Prüfen Sie, ob der Dienst läuft und ob Sie verbunden sind; eine Seite unter anderer Adresse muss er zulassen.`,cutOff:`Die Verbindung brach ab, bevor die Antwort vollständig war.`,status:e=>`Der Dienst antwortete mit Status ${e}.`,tryAgainIn:e=>`Versuchen Sie es in ${N(e,`Sekunde`,`Sekunden`)} erneut.`,tryAgain:`Erneut versuchen`,newConversation:`Neues Gespräch`,conversation:`Gespräch`,newConversationBegun:`Neues Gespräch.`,placeholder:`Frage stellen`,question:`Frage`,ask:`Fragen`,stop:`Anhalten`,promise:`Jede Antwort ist ein wörtliches Zitat. Es wird kein Text erzeugt.`,introduction:`Stellen Sie eine Frage. Sie bekommen die Sätze, die sie beantworten, und ihre Fundstelle.`,suggestedQuestions:`Vorgeschlagene Fragen`,searching:`Suche…`,reading:e=>`${N(e,`Passage wird`,`Passagen werden`)} gelesen…`,stopped:`Angehalten.`,askAgain:`Noch einmal fragen`,confidence:{high:`Sehr wahrscheinlich eine Antwort`,fair:`Wahrscheinlich eine Antwort`,low:`Möglicherweise eine Antwort`,least:`Vielleicht eine Antwort: bitte an der Fundstelle lesen`},sure:e=>`${e} % sicher beim ersten Zitat`,silent:`Die Dokumente sagen dazu nichts.`,comeClosest:`Diese Passagen kommen am nächsten:`,quotesFound:e=>N(e,`Zitat`,`Zitate`),closePassages:e=>N(e,`ähnliche Passage`,`ähnliche Passagen`),quotes:`Zitate`,closest:`Nächstliegende Passagen`,copied:`Kopiert`,copiedQuote:e=>`Zitat ${e} kopiert`,copyNumbered:e=>`Zitat ${e} mit Fundstelle kopieren`,copyQuote:`Zitat mit Fundstelle kopieren`,copySelection:`Auswahl mit Fundstelle kopieren`,copiedWithReference:`Mit Fundstelle kopiert.`,cannotCopy:`Dieser Browser lässt die Seite nicht kopieren.`,wasHelpful:`War das hilfreich?`,helpful:`Hilfreich`,notHelpful:`Nicht hilfreich`,thanks:`Danke.`,feedbackRefused:`Zu dieser Antwort wird keine Rückmeldung angenommen.`,documents:`Dokumente`,collection:`Sammlung`,filterDocuments:`Dokumente filtern`,filterHint:`Nach Titel oder Pfad filtern`,showMore:`Mehr anzeigen`,noDocuments:`Hier gibt es keine Dokumente.`,matches:e=>`${N(e,`Dokument passt`,`Dokumente passen`)}.`,matchesOfFirst:(e,t)=>`${N(e,`Dokument`,`Dokumente`)} unter den ersten ${M(t)}.`,source:`Quelle`,noDocument:`Kein Dokument`,unknownDocument:`Dieses Dokument ist nicht oder nicht mehr im Index.`,changedSinceLink:`Dieses Dokument hat sich geändert, seit der Link entstand; das Zitat steht dort vielleicht nicht mehr. Nichts ist markiert.`,changedSinceQuote:`Dieses Dokument hat sich geändert, seit es zitiert wurde; das Zitat steht dort nicht mehr. Nichts ist markiert.`,noRange:e=>`Die Adresse nennt keinen möglichen Bereich; das Dokument hat ${N(e,`Zeichen`,`Zeichen`)}. Nichts ist markiert.`,outOfRange:(e,t,n)=>`Die Adresse nennt die Zeichen ${M(e)} bis ${M(t)}, aber das Dokument hat ${N(n,`Zeichen`,`Zeichen`)}. Nichts ist markiert.`,textOfDocument:`Text des Dokuments`,loadingDocument:`Dokument wird geladen…`,view:`Ansicht`,page:`Seite`,text:`Text`,plainText:`Reiner Text`,previousQuote:`Voriges Zitat`,nextQuote:`Nächstes Zitat`,nOf:(e,t)=>`${M(e)} von ${M(t)}`,ofPages:e=>`von ${M(e)}`,openAlone:`Unter eigener Adresse öffnen`,closeSource:`Quelle schließen`,close:`Schließen`,moreAbove:`Mehr davor`,moreBelow:`Mehr danach`,table:`Tabelle`,pages:`Seiten`,previousPage:`Vorige Seite`,nextPage:`Nächste Seite`,pictureOfPage:`Bild der Seite`,loadingPage:e=>`Seite ${M(e)} wird geladen…`,pageFails:e=>`Seite ${M(e)} kann nicht gezeigt werden:`,damagedPicture:e=>`Das Bild der Seite ${M(e)} kam beschädigt oder leer an.`,pageOf:(e,t)=>`Seite ${M(e)} von ${M(t)}`,pageOfDocument:(e,t)=>`Seite ${M(e)} von ${t}`,markedPage:(e,t)=>`Seite ${M(e)} von ${t}, das Zitat ist markiert`},P=j(`en`),F=tt(`en`),rt={number:P,slogan:`Answers in the documents’ own words`,skip:`Skip to the question`,askDocuments:`Ask the documents`,keyAsked:`This service asks for an API key. It is kept until you close this tab.`,useKey:`Use key`,unreachable:e=>`${e} does not answer, or not to this page. Check that the service runs and that you are connected; a page of another address has to be allowed by it.`,cutOff:`The connection was lost before the answer was complete.`,status:e=>`The service answered with status ${e}.`,tryAgainIn:e=>`Try again in ${F(e,`second`,`seconds`)}.`,tryAgain:`Try again`,newConversation:`New conversation`,conversation:`Conversation`,newConversationBegun:`New conversation.`,placeholder:`Ask a question`,question:`Question`,ask:`Ask`,stop:`Stop`,promise:`Every answer is an exact quote. No text is generated.`,introduction:`Ask a question. You get the sentences that answer it, and where they stand.`,suggestedQuestions:`Suggested questions`,searching:`Searching…`,reading:e=>`Reading ${F(e,`passage`,`passages`)}…`,stopped:`Stopped.`,askAgain:`Ask again`,confidence:{high:`Very likely an answer`,fair:`Likely an answer`,low:`Possibly an answer`,least:`Perhaps an answer: read it in its place`},sure:e=>`${e}% sure of the first quote`,silent:`The documents do not say.`,comeClosest:`These passages come closest:`,quotesFound:e=>F(e,`quote`,`quotes`),closePassages:e=>F(e,`close passage`,`close passages`),quotes:`Quotes`,closest:`Closest passages`,copied:`Copied`,copiedQuote:e=>`Copied quote ${e}`,copyNumbered:e=>`Copy quote ${e} and its reference`,copyQuote:`Copy quote and reference`,copySelection:`Copy selection and reference`,copiedWithReference:`Copied with its reference.`,cannotCopy:`This browser does not let the page copy.`,wasHelpful:`Was this helpful?`,helpful:`Helpful`,notHelpful:`Not helpful`,thanks:`Thank you.`,feedbackRefused:`Feedback on this answer is not taken.`,documents:`Documents`,collection:`Collection`,filterDocuments:`Filter documents`,filterHint:`Filter by title or path`,showMore:`Show more`,noDocuments:`There are no documents here.`,matches:e=>`${F(e,`document`,`documents`)} match.`,matchesOfFirst:(e,t)=>`${F(e,`document`,`documents`)} of the first ${P(t)} match.`,source:`Source`,noDocument:`No document`,unknownDocument:`This document is not in the index, or no longer.`,changedSinceLink:`This document has changed since the link was made, and the quote may no longer stand there. Nothing is marked.`,changedSinceQuote:`This document has changed since it was quoted, and the quote no longer stands there. Nothing is marked.`,noRange:e=>`The address names no possible range, but this document has ${F(e,`character`,`characters`)}. Nothing is marked.`,outOfRange:(e,t,n)=>`The address names characters ${P(e)} to ${P(t)}, but this document has ${F(n,`character`,`characters`)}. Nothing is marked.`,textOfDocument:`Text of the document`,loadingDocument:`Loading the document…`,view:`View`,page:`Page`,text:`Text`,plainText:`Plain text`,previousQuote:`Previous quote`,nextQuote:`Next quote`,nOf:(e,t)=>`${P(e)} of ${P(t)}`,ofPages:e=>`of ${P(e)}`,openAlone:`Open at its own address`,closeSource:`Close the source`,close:`Close`,moreAbove:`More above`,moreBelow:`More below`,table:`Table`,pages:`Pages`,previousPage:`Previous page`,nextPage:`Next page`,pictureOfPage:`Picture of the page`,loadingPage:e=>`Loading page ${P(e)}…`,pageFails:e=>`Page ${P(e)} cannot be shown:`,damagedPicture:e=>`The picture of page ${P(e)} came damaged or empty.`,pageOf:(e,t)=>`Page ${P(e)} of ${P(t)}`,pageOfDocument:(e,t)=>`Page ${P(e)} of ${t}`,markedPage:(e,t)=>`Page ${P(e)} of ${t}, with the quote marked`},I=j(`es`),L=tt(`es`),it={number:I,slogan:`Respuestas con las palabras de los documentos`,skip:`Ir a la pregunta`,askDocuments:`Preguntar a los documentos`,keyAsked:`Este servicio pide una clave de API. Se conserva hasta que cierre esta pestaña.`,useKey:`Usar la clave`,unreachable:e=>`${e} no responde, o no a esta página. Compruebe que el servicio funciona y que tiene conexión; una página de otra dirección debe estar permitida por él.`,cutOff:`La conexión se perdió antes de que la respuesta estuviera completa.`,status:e=>`El servicio respondió con el estado ${e}.`,tryAgainIn:e=>`Vuelva a intentarlo en ${L(e,`segundo`,`segundos`)}.`,tryAgain:`Reintentar`,newConversation:`Nueva conversación`,conversation:`Conversación`,newConversationBegun:`Nueva conversación.`,placeholder:`Haga una pregunta`,question:`Pregunta`,ask:`Preguntar`,stop:`Detener`,promise:`Cada respuesta es una cita exacta. No se genera ningún texto.`,introduction:`Haga una pregunta. Recibirá las frases que la responden y el lugar donde están.`,suggestedQuestions:`Preguntas sugeridas`,searching:`Buscando…`,reading:e=>`Leyendo ${L(e,`pasaje`,`pasajes`)}…`,stopped:`Detenido.`,askAgain:`Preguntar otra vez`,confidence:{high:`Muy probablemente una respuesta`,fair:`Probablemente una respuesta`,low:`Posiblemente una respuesta`,least:`Quizá una respuesta: léala en su lugar`},sure:e=>`primera cita segura al ${e} %`,silent:`Los documentos no lo dicen.`,comeClosest:`Estos pasajes son los más cercanos:`,quotesFound:e=>L(e,`cita`,`citas`),closePassages:e=>L(e,`pasaje cercano`,`pasajes cercanos`),quotes:`Citas`,closest:`Pasajes más cercanos`,copied:`Copiado`,copiedQuote:e=>`Cita ${e} copiada`,copyNumbered:e=>`Copiar la cita ${e} y su referencia`,copyQuote:`Copiar la cita y la referencia`,copySelection:`Copiar la selección y la referencia`,copiedWithReference:`Copiado con su referencia.`,cannotCopy:`Este navegador no permite que la página copie.`,wasHelpful:`¿Le ha servido?`,helpful:`Útil`,notHelpful:`No útil`,thanks:`Gracias.`,feedbackRefused:`No se aceptan opiniones sobre esta respuesta.`,documents:`Documentos`,collection:`Colección`,filterDocuments:`Filtrar documentos`,filterHint:`Filtrar por título o ruta`,showMore:`Mostrar más`,noDocuments:`Aquí no hay documentos.`,matches:e=>`${L(e,`documento coincide`,`documentos coinciden`)}.`,matchesOfFirst:(e,t)=>`${L(e,`documento`,`documentos`)} entre los primeros ${I(t)}.`,source:`Fuente`,noDocument:`Ningún documento`,unknownDocument:`Este documento no está en el índice, o ya no.`,changedSinceLink:`Este documento ha cambiado desde que se hizo el enlace, y la cita quizá ya no esté ahí. No se marca nada.`,changedSinceQuote:`Este documento ha cambiado desde que se citó, y la cita ya no está ahí. No se marca nada.`,noRange:e=>`La dirección no indica un intervalo posible; el documento tiene ${L(e,`carácter`,`caracteres`)}. No se marca nada.`,outOfRange:(e,t,n)=>`La dirección indica los caracteres ${I(e)} a ${I(t)}, pero el documento tiene ${L(n,`carácter`,`caracteres`)}. No se marca nada.`,textOfDocument:`Texto del documento`,loadingDocument:`Cargando el documento…`,view:`Vista`,page:`Página`,text:`Texto`,plainText:`Texto sin formato`,previousQuote:`Cita anterior`,nextQuote:`Cita siguiente`,nOf:(e,t)=>`${I(e)} de ${I(t)}`,ofPages:e=>`de ${I(e)}`,openAlone:`Abrir en su propia dirección`,closeSource:`Cerrar la fuente`,close:`Cerrar`,moreAbove:`Más arriba`,moreBelow:`Más abajo`,table:`Tabla`,pages:`Páginas`,previousPage:`Página anterior`,nextPage:`Página siguiente`,pictureOfPage:`Imagen de la página`,loadingPage:e=>`Cargando la página ${I(e)}…`,pageFails:e=>`No se puede mostrar la página ${I(e)}:`,damagedPicture:e=>`La imagen de la página ${I(e)} llegó dañada o vacía.`,pageOf:(e,t)=>`Página ${I(e)} de ${I(t)}`,pageOfDocument:(e,t)=>`Página ${I(e)} de ${t}`,markedPage:(e,t)=>`Página ${I(e)} de ${t}, con la cita marcada`},R=j(`fr`),z=tt(`fr`),at={number:R,slogan:`Des réponses dans les mots mêmes des documents`,skip:`Aller à la question`,askDocuments:`Interroger les documents`,keyAsked:`Ce service demande une clé d’API. Elle est gardée jusqu’à la fermeture de cet onglet.`,useKey:`Utiliser la clé`,unreachable:e=>`${e} ne répond pas, ou pas à cette page. Vérifiez que le service fonctionne et que vous êtes connecté ; une page d’une autre adresse doit être autorisée par lui.`,cutOff:`La connexion a été perdue avant que la réponse soit complète.`,status:e=>`Le service a répondu avec le statut ${e}.`,tryAgainIn:e=>`Réessayez dans ${z(e,`seconde`,`secondes`)}.`,tryAgain:`Réessayer`,newConversation:`Nouvelle conversation`,conversation:`Conversation`,newConversationBegun:`Nouvelle conversation.`,placeholder:`Posez une question`,question:`Question`,ask:`Demander`,stop:`Arrêter`,promise:`Chaque réponse est une citation exacte. Aucun texte n’est généré.`,introduction:`Posez une question. Vous obtenez les phrases qui y répondent et leur emplacement.`,suggestedQuestions:`Questions suggérées`,searching:`Recherche…`,reading:e=>`Lecture de ${z(e,`passage`,`passages`)}…`,stopped:`Arrêté.`,askAgain:`Redemander`,confidence:{high:`Très probablement une réponse`,fair:`Probablement une réponse`,low:`Possiblement une réponse`,least:`Peut-être une réponse : à lire à sa place`},sure:e=>`première citation sûre à ${e} %`,silent:`Les documents ne le disent pas.`,comeClosest:`Ces passages s’en approchent le plus :`,quotesFound:e=>z(e,`citation`,`citations`),closePassages:e=>z(e,`passage proche`,`passages proches`),quotes:`Citations`,closest:`Passages les plus proches`,copied:`Copié`,copiedQuote:e=>`Citation ${e} copiée`,copyNumbered:e=>`Copier la citation ${e} et sa référence`,copyQuote:`Copier la citation et la référence`,copySelection:`Copier la sélection et la référence`,copiedWithReference:`Copié avec la référence.`,cannotCopy:`Ce navigateur ne permet pas à la page de copier.`,wasHelpful:`Cela vous a-t-il aidé ?`,helpful:`Utile`,notHelpful:`Pas utile`,thanks:`Merci.`,feedbackRefused:`Aucun avis n’est accepté sur cette réponse.`,documents:`Documents`,collection:`Collection`,filterDocuments:`Filtrer les documents`,filterHint:`Filtrer par titre ou chemin`,showMore:`Afficher plus`,noDocuments:`Il n’y a pas de documents ici.`,matches:e=>`${z(e,`document correspond`,`documents correspondent`)}.`,matchesOfFirst:(e,t)=>`${z(e,`document`,`documents`)} parmi les ${R(t)} premiers.`,source:`Source`,noDocument:`Aucun document`,unknownDocument:`Ce document n’est pas, ou plus, dans l’index.`,changedSinceLink:`Ce document a changé depuis la création du lien, et la citation n’y est peut-être plus. Rien n’est marqué.`,changedSinceQuote:`Ce document a changé depuis qu’il a été cité, et la citation n’y est plus. Rien n’est marqué.`,noRange:e=>`L’adresse n’indique aucun intervalle possible ; le document a ${z(e,`caractère`,`caractères`)}. Rien n’est marqué.`,outOfRange:(e,t,n)=>`L’adresse indique les caractères ${R(e)} à ${R(t)}, mais le document a ${z(n,`caractère`,`caractères`)}. Rien n’est marqué.`,textOfDocument:`Texte du document`,loadingDocument:`Chargement du document…`,view:`Affichage`,page:`Page`,text:`Texte`,plainText:`Texte brut`,previousQuote:`Citation précédente`,nextQuote:`Citation suivante`,nOf:(e,t)=>`${R(e)} sur ${R(t)}`,ofPages:e=>`sur ${R(e)}`,openAlone:`Ouvrir à sa propre adresse`,closeSource:`Fermer la source`,close:`Fermer`,moreAbove:`Plus haut`,moreBelow:`Plus bas`,table:`Tableau`,pages:`Pages`,previousPage:`Page précédente`,nextPage:`Page suivante`,pictureOfPage:`Image de la page`,loadingPage:e=>`Chargement de la page ${R(e)}…`,pageFails:e=>`La page ${R(e)} ne peut pas être affichée :`,damagedPicture:e=>`L’image de la page ${R(e)} est arrivée endommagée ou vide.`,pageOf:(e,t)=>`Page ${R(e)} sur ${R(t)}`,pageOfDocument:(e,t)=>`Page ${R(e)} de ${t}`,markedPage:(e,t)=>`Page ${R(e)} de ${t}, la citation est marquée`},B=j(`zh`),ot={en:rt,de:nt,fr:at,es:it,zh:{number:B,slogan:`用文档原文回答`,skip:`跳到提问处`,askDocuments:`向文档提问`,keyAsked:`此服务需要 API 密钥。密钥会保留到您关闭此标签页为止。`,useKey:`使用密钥`,unreachable:e=>`${e} 没有响应，或不响应此页面。请检查服务是否在运行、网络是否连接；其他地址的页面须经服务允许。`,cutOff:`回答尚未完整，连接已中断。`,status:e=>`服务返回状态 ${e}。`,tryAgainIn:e=>`请在 ${B(e)} 秒后重试。`,tryAgain:`重试`,newConversation:`新对话`,conversation:`对话`,newConversationBegun:`新对话。`,placeholder:`提出问题`,question:`问题`,ask:`提问`,stop:`停止`,promise:`每个回答都是原文引文，不生成任何文字。`,introduction:`提出问题，您会得到回答它的句子及其出处。`,suggestedQuestions:`建议的问题`,searching:`正在搜索…`,reading:e=>`正在阅读 ${B(e)} 个段落…`,stopped:`已停止。`,askAgain:`再次提问`,confidence:{high:`很可能是答案`,fair:`大概是答案`,low:`可能是答案`,least:`也许是答案：请到原处阅读`},sure:e=>`第一条引文的把握为 ${e}%`,silent:`文档中没有说明。`,comeClosest:`最接近的段落：`,quotesFound:e=>`${B(e)} 条引文`,closePassages:e=>`${B(e)} 个接近的段落`,quotes:`引文`,closest:`最接近的段落`,copied:`已复制`,copiedQuote:e=>`已复制引文 ${e}`,copyNumbered:e=>`复制引文 ${e} 及其出处`,copyQuote:`复制引文及出处`,copySelection:`复制所选内容及出处`,copiedWithReference:`已连同出处复制。`,cannotCopy:`此浏览器不允许页面复制。`,wasHelpful:`有帮助吗？`,helpful:`有帮助`,notHelpful:`没有帮助`,thanks:`谢谢。`,feedbackRefused:`不接受对此回答的反馈。`,documents:`文档`,collection:`文档集`,filterDocuments:`筛选文档`,filterHint:`按标题或路径筛选`,showMore:`显示更多`,noDocuments:`这里没有文档。`,matches:e=>`${B(e)} 个文档符合。`,matchesOfFirst:(e,t)=>`前 ${B(t)} 个文档中有 ${B(e)} 个符合。`,source:`来源`,noDocument:`没有文档`,unknownDocument:`索引中没有此文档，或已被移除。`,changedSinceLink:`此文档在链接建立之后已更改，引文可能不在原处。未作标记。`,changedSinceQuote:`此文档在被引用之后已更改，引文不在原处。未作标记。`,noRange:e=>`地址没有给出可用的范围；此文档有 ${B(e)} 个字符。未作标记。`,outOfRange:(e,t,n)=>`地址给出字符 ${B(e)} 至 ${B(t)}，但此文档有 ${B(n)} 个字符。未作标记。`,textOfDocument:`文档正文`,loadingDocument:`正在加载文档…`,view:`视图`,page:`页面`,text:`文字`,plainText:`纯文本`,previousQuote:`上一条引文`,nextQuote:`下一条引文`,nOf:(e,t)=>`第 ${B(e)} 条，共 ${B(t)} 条`,ofPages:e=>`/ ${B(e)}`,openAlone:`在独立地址打开`,closeSource:`关闭来源`,close:`关闭`,moreAbove:`上文`,moreBelow:`下文`,table:`表格`,pages:`页面`,previousPage:`上一页`,nextPage:`下一页`,pictureOfPage:`页面图像`,loadingPage:e=>`正在加载第 ${B(e)} 页…`,pageFails:e=>`无法显示第 ${B(e)} 页：`,damagedPicture:e=>`第 ${B(e)} 页的图像已损坏或为空。`,pageOf:(e,t)=>`第 ${B(e)} 页，共 ${B(t)} 页`,pageOfDocument:(e,t)=>`${t} 第 ${B(e)} 页`,markedPage:(e,t)=>`${t} 第 ${B(e)} 页，已标出引文`}},st=e=>e.toLowerCase().split(/[-_]/)[0],ct=e=>e.map(st).find(e=>Object.hasOwn(ot,e))??`en`,lt=e=>ot[ct([e])];function ut(e){let t=ct(navigator.languages);document.documentElement.lang=t;for(let n of e.querySelectorAll(`[data-text]`)){let e=lt(t)[n.dataset.text];typeof e==`string`&&(n.textContent=e)}}function V(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var dt=document.currentScript,ft=new URL(`..`,dt?.src||document.baseURI).href,pt=`quotewise-key`,H=class extends E{constructor(...e){super(...e),this.endpoint=null,this.apiKey=null,this.collection=null,this.theme=null,this.lang=``,this.keyNeeded=!1,this.keyGiven=()=>{this.keyNeeded&&(this.keyNeeded=!1,this.again())}}get texts(){return lt(this.lang)}get service(){let e=this.address;return new Qe(e,this.apiKey||ht(e),this.texts)}get address(){let e=new URL(this.endpoint||ft,document.baseURI);return e.pathname.endsWith(`/`)||(e.pathname+=`/`),e}connectedCallback(){super.connectedCallback(),this.lang||=ct(navigator.languages),window.addEventListener(pt,this.keyGiven)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(pt,this.keyGiven)}again(){}problemOf(e){let t=e instanceof A?e:new A(`cut-off`,this.texts.cutOff);return t.status===401&&!this.apiKey&&(this.keyNeeded=!0),t}keyForm(){return x`<form class="key" part="key" @submit=${this.giveKey}>
      <label for="key">${this.texts.keyAsked}</label>
      <div>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required />
        <button class="primary">${this.texts.useKey}</button>
      </div>
    </form>`}giveKey(e){e.preventDefault();let t=new FormData(e.target).get(`key`);try{sessionStorage.setItem(mt(this.address),t.trim())}catch{this.apiKey=t.trim()}window.dispatchEvent(new Event(pt))}};V([D()],H.prototype,`endpoint`,void 0),V([D({attribute:`api-key`})],H.prototype,`apiKey`,void 0),V([D()],H.prototype,`collection`,void 0),V([D({reflect:!0})],H.prototype,`theme`,void 0),V([D({reflect:!0})],H.prototype,`lang`,void 0),V([O()],H.prototype,`keyNeeded`,void 0);var mt=e=>`quotewise-key:${e}`;function ht(e){try{return sessionStorage.getItem(mt(e))}catch{return null}}async function gt(e){try{return await navigator.clipboard.writeText(e),!0}catch{let t=document.createElement(`textarea`);t.value=e,document.body.append(t),t.select();let n=document.execCommand(`copy`);return t.remove(),n}}var U=e=>x`<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${e} /></svg>`,_t=U(`M12 19V5m-6 6 6-6 6 6`),vt=U(`M7 7h10v10H7z`),yt=U(`M9 9h11v11H9zM5 15H4V4h11v1`),bt=U(`m5 13 4 4L19 7`),xt=U(`M6 6l12 12M18 6 6 18`),St=U(`m6 15 6-6 6 6`),Ct=U(`m6 9 6 6 6-6`),wt=U(`m15 6-6 6 6 6`),Tt=U(`m9 6 6 6-6 6`),Et=U(`M14 4h6v6m0-6-9 9M18 14v6H4V6h6`),Dt=U(`M7 11v9H4v-9zm0 0 4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7`),Ot=U(`M17 13V4h3v9zm0 0-4 8a2 2 0 0 1-3-2l1-5H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10`);U(`M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6`);var kt=o`
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
`,At=new Set([`hidden`,`code`,`strong`,`emphasis`]),jt=/\r\n|\n|\r/g,Mt=/(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,8})[\u{e0000}-\u{e007f}]|(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]/gu,Nt=`NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US`.split(` `);function Pt(e,t){let n=new Map,r=0,i=0;for(let a of[...new Set(t)].sort((e,t)=>e-t)){for(;i<a&&r<e.length;i++)r+=(e.charCodeAt(r)&64512)==55296?2:1;n.set(a,i===a?r:-1)}return t.map(e=>n.get(e))}function Ft(e,t){let n=t;for(let r=0;r<t;r++)(e.charCodeAt(r)&64512)==56320&&n--;return n}function It(e,t,n=0){let r=Pt(e,t.flatMap(e=>[e.start-n,e.end-n]));return t.map((e,t)=>({...e,start:r[2*t],end:r[2*t+1]})).filter(e=>e.start>=0&&e.end>e.start)}function Lt(e,t=e.length){let n=0;for(let r of e.matchAll(jt)){if(r.index+r[0].length>t)break;n++}return n}function*Rt(e,{start:t,end:n}){let r=t;for(let i of e.slice(t,n).matchAll(jt))yield{start:r,end:t+i.index},r=t+i.index+i[0].length;yield{start:r,end:n}}function W(e,{start:t,end:n},r){let i=r.filter(e=>e.start<n&&e.end>t),a=[...new Set([t,n,...i.flatMap(e=>[Math.max(e.start,t),Math.min(e.end,n)])])].sort((e,t)=>e-t);return a.slice(1).map((t,n)=>{let r=a[n],o=i.filter(e=>e.start<t&&e.end>r).map(e=>e.kind),s=G(e.slice(r,t)),c=o.filter(e=>At.has(e)),l=[...new Set(o.filter(e=>!At.has(e)))].join(` `);if(o.includes(`hidden`))return x`<span class="hidden ${l}">${s}</span>`;let u=c.length?x`<span class=${c.join(` `)}>${s}</span>`:s;return l?x`<mark class=${l}>${u}</mark>`:u})}function G(e){let t=[],n=0;for(let{0:r,index:i}of e.matchAll(Mt))t.push(e.slice(n,i),x`<bdi class="control" data-name=${Bt(r)}>${r}</bdi>`),n=i+r.length;return[...t,e.slice(n)]}var zt=e=>e.replace(Mt,e=>`[${Bt(e)}]`);function Bt(e){let t=e.codePointAt(0);return Nt[t]??`U+${t.toString(16).toUpperCase().padStart(4,`0`)}`}var Vt=[[.75,`high`],[.5,`fair`],[.3,`low`],[0,`least`]],Ht=e=>Vt.find(([t])=>e>=t)[1],Ut=({heading:e,place:t})=>t===`section ${e.at(-1)}`?e.slice(0,-1):e;function Wt({title:e,path:t}){return t.split(`/`).pop().replace(/\.\w+$/,``)===e?null:e}function Gt({quote:e,place:t,document:n},r){return`${e}\n\n— ${[Wt(n),n.path,t].filter(Boolean).join(`, `)}\n${r}\n`}var K=class extends E{constructor(...e){super(...e),this.last=!1,this.copied=null}createRenderRoot(){return this}follow(e,t){e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.chat.follow(this.turn,t,e.currentTarget))}async copyQuote(e){let{service:t,texts:n}=this.chat,r=await gt(Gt(e,t.link(e.document,e)));this.copied=r?e:null,this.chat.say(r?n.copiedWithReference:n.cannotCopy)}async rate(e){let{turn:t,chat:n}=this;try{await n.service.feedback(t.requestId,e),t.feedback=e?`helpful`:`unhelpful`,n.say(n.texts.thanks)}catch{t.feedback=`refused`,n.say(n.texts.feedbackRefused)}n.keep(),this.requestUpdate()}render(){let{turn:e}=this;return x`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${G(e.question)}</h3>
      ${e.state===`asking`?x`<p class="progress muted">${e.progress}</p>`:this.verdict()}
      ${this.quotes()}
      ${e.requestId&&e.state!==`asking`?this.feedback():C}
    </article>`}verdict(){let{turn:e,last:t,chat:n}=this,{texts:r}=n;if(e.state===`answered`){let t=Ht(e.confidence);return x`<p class="verdict" part="verdict"><span class="level ${t}"></span>${r.confidence[t]} <span class="muted">${r.sure(Math.round(e.confidence*100))}</span></p>`}if(e.state===`silent`)return x`<p class="verdict" part="verdict"><span class="level silent"></span>${r.silent} ${e.closest.length?x`<span class="muted">${r.comeClosest}</span>`:C}</p>`;let i=t?x`<div><button class="outlined" @click=${()=>n.retry(e)}>${r.askAgain}</button></div>`:C;return x`${e.problem?x`<p class="problem break" part="problem">${G(e.problem)}</p>`:x`<p class="muted">${r.stopped}</p>`}${i}`}quotes(){let{turn:e}=this,{texts:t}=this.chat,n=Kt(e);return n.length?x`<ol class="quotes ${e.citations.length?``:`closest`}" aria-label=${e.citations.length?t.quotes:t.closest}>
      ${n.map((e,t)=>x`<li>${this.quote(e,t)}</li>`)}
    </ol>`:C}quote(e,t){let{turn:n,chat:r}=this,{texts:i}=r,{document:a,quote:o,place:s}=e,c=Ut(e),l=r.shownQuote===e,u=Wt(a),d=this.copied===e;return x`<figure class=${l?`current`:``} part="quote">
      <blockquote dir="auto" lang="" part="text">${W(o,{start:0,end:o.length},qt(n,e,t))}</blockquote>
      <figcaption>
        <div class="break">
          <a class="reference" part="citation" href=${r.service.link(a,e)} aria-current=${l?`true`:C}
            @click=${e=>this.follow(e,t)}><span class="number">${t+1}</span><bdi>${G(u??a.path)}</bdi></a><span class="muted">, ${u?x`<bdi>${G(a.path)}</bdi>, `:C}<bdi>${G(s)}</bdi>${c.length?x` · <bdi>${G(c.join(` › `))}</bdi>`:C}</span>
        </div>
        <button class="icon" part="copy" aria-label=${d?i.copiedQuote(t+1):i.copyNumbered(t+1)}
          title=${i.copyQuote} @click=${()=>this.copyQuote(e)}>${d?bt:yt}</button>
      </figcaption>
    </figure>`}feedback(){let e=this.turn.feedback,{texts:t}=this.chat;if(e===`refused`)return x`<p class="after muted">${t.feedbackRefused}</p>`;let n=n=>x`<button class="icon" part="thumb" aria-pressed=${e===(n?`helpful`:`unhelpful`)}
      aria-label=${n?t.helpful:t.notHelpful} title=${n?t.helpful:t.notHelpful} @click=${()=>this.rate(n)}>${n?Dt:Ot}</button>`;return x`<div class="after" part="feedback" role="group" aria-label=${t.wasHelpful}>
      ${n(!0)}${n(!1)}<span class="muted">${e?t.thanks:``}</span>
    </div>`}};V([D({attribute:!1,hasChanged:()=>!0})],K.prototype,`turn`,void 0),V([D({attribute:!1,hasChanged:()=>!0})],K.prototype,`chat`,void 0),V([D({attribute:!1})],K.prototype,`last`,void 0),V([O()],K.prototype,`copied`,void 0);var Kt=e=>e.citations.length?e.citations:e.closest;function qt(e,{quote:t,start:n,highlights:r},i){let a=r.map(e=>({...e,kind:`highlight`}));return e.short?.citation===i+1&&a.push({start:e.short.start,end:e.short.end,kind:`short`}),It(t,a,n)}var Jt=2e3,q=class extends H{constructor(...e){super(...e),this.heading=``,this.placeholder=``,this.suggestions=``,this.turns=[],this.opened=null,this.said=``,this.asking=null,this.opener=null}static{this.styles=[kt,He]}focus(){this.composer.focus()}ask(e){return this.answer(Ge(e))}open(e){this.show({places:[{document:e}],current:0,short:null})}disconnectedCallback(){super.disconnectedCallback(),this.asking?.abort()}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&(this.asking?.abort(),this.turns=Je(this.address,this.collection),this.opened=null)}firstUpdated(){this.autofocus&&this.focus(),this.scroller.scrollTop=this.scroller.scrollHeight,this.scroller.classList.add(`smooth`)}again(){let e=this.turns.at(-1);e?.state===`failed`&&this.retry(e)}retry(e){return this.turns=this.turns.filter(t=>t!==e),this.answer(Ge(e.question))}async answer(e){if(this.asking||!e.question.trim())return;let t=this.asking=new AbortController,{address:n,collection:r,service:i}=this,a=Ke(this.turns);this.turns=[...this.turns,e],Ye(n,r,this.turns),this.tell(e,this.texts.searching),this.updateComplete.then(()=>this.reveal());try{for await(let n of i.ask(e.question,a,r,t.signal))this.take(e,n)}catch(n){let r=t.signal.aborted,i=r?null:this.problemOf(n),a=i?.retryAfter?` ${this.texts.tryAgainIn(i.retryAfter)}`:``;e.state=r?`stopped`:`failed`,e.problem=i?i.message.replace(/[^.!?。]$/,`$&.`)+a:void 0,this.tell(e,e.problem??this.texts.stopped)}this.asking=null,n.href===this.address.href&&r===this.collection&&Ye(n,r,this.turns),this.requestUpdate()}take(e,t){let{texts:n}=this;if(t.name===`passages`&&this.tell(e,n.reading(t.count)),t.name===`citation`&&(e.citations=[...e.citations,t.citation]),t.name===`done`&&(e.requestId=t.requestId),t.name===`answer`){let{answered:r,closest:i,short_answer:a}=t;Object.assign(e,{state:r?`answered`:`silent`,confidence:t.confidence,short:a,closest:i});let o=`${n.silent} ${n.closePassages(i.length)}.`;this.tell(e,r?`${n.quotesFound(e.citations.length)}. ${n.confidence[Ht(t.confidence)]}.`:o)}this.requestUpdate()}tell(e,t){e.progress=t,this.said=t}reveal(){let e=this.renderRoot.querySelector(`quotewise-turn:last-of-type`);e&&(this.scroller.scrollTop=e.offsetTop-20)}submit(e){if(e.preventDefault(),this.asking){this.asking.abort();return}let t=this.composer.value;t.trim()&&(this.composer.value=``,this.ask(t.trim()))}typed(e){e.key!==`Enter`||e.shiftKey||e.isComposing||(e.preventDefault(),this.asking||this.submit(e))}pressed(e){e.key===`Escape`&&!e.isComposing&&this.opened&&this.close()}clear(){this.asking?.abort(),this.turns=[],this.opened=null,Ye(this.address,this.collection,[]),this.said=this.texts.newConversationBegun,this.focus()}follow(e,t,n){this.opener=n,this.show({places:Kt(e),current:t,short:e.short})}get shownQuote(){return this.opened?this.opened.places[this.opened.current]:null}say(e){this.said=e}keep(){Ye(this.address,this.collection,this.turns)}show(e){this.opened=e,this.updateComplete.then(()=>this.source.updateComplete).then(()=>this.source.focus())}close(){this.opened=null,this.opener?.isConnected?this.updateComplete.then(()=>this.opener?.focus()):this.focus()}render(){let{turns:e,opened:t,texts:n}=this,r=this.heading||n.askDocuments;return x`<section class="chat ${t?`open`:``}" part="chat" aria-label=${r} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2>${r}</h2>
          <button class="outlined" ?hidden=${!e.length} @click=${this.clear}>${n.newConversation}</button>
        </header>
        <div class="turns" part="conversation" tabindex=${e.length?`0`:C} role="region" aria-label=${n.conversation}>
          ${e.length?e.map((t,n)=>x`<quotewise-turn .turn=${t} .chat=${this} .last=${n===e.length-1}></quotewise-turn>`):this.welcome()}
          ${this.keyNeeded?this.keyForm():C}
        </div>
        <div class="foot">${this.form()}
          <p class="promise muted" part="promise">${n.promise}</p>
        </div>
      </div>
      ${t?x`<quotewise-source part="source" exportparts="source-title, source-text, source-page, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme??C} lang=${this.lang} .beside=${!0} .places=${t.places} .current=${t.current} .short=${t.short}
            @quotewise-close=${this.close} @quotewise-move=${e=>this.opened={...t,current:e.detail}}></quotewise-source>`:C}
    </section>
    <p class="unseen" role="status">${this.said}</p>`}welcome(){let{texts:e}=this,t=Yt(this.suggestions);return x`<div class="welcome" part="welcome">
      <strong>${e.slogan}</strong>
      <p class="muted">${e.introduction}</p>
      ${t.length?x`<ul class="suggestions" aria-label=${e.suggestedQuestions}>
            ${t.map(e=>x`<li><button class="outlined" part="suggestion" @click=${()=>this.ask(e)}>${e}</button></li>`)}
          </ul>`:C}
    </div>`}form(){let{texts:e}=this,t=this.asking?e.stop:e.ask;return x`<form class="composer" part="form" @submit=${this.submit}>
      <textarea part="input" rows="1" maxlength=${Jt} aria-label=${e.question} placeholder=${this.placeholder||e.placeholder} enterkeyhint="send" @keydown=${this.typed}></textarea>
      <button class="primary icon" part="send" aria-label=${t} title=${t}>${this.asking?vt:_t}</button>
    </form>`}};V([D()],q.prototype,`heading`,void 0),V([D()],q.prototype,`placeholder`,void 0),V([D()],q.prototype,`suggestions`,void 0),V([O()],q.prototype,`turns`,void 0),V([O()],q.prototype,`opened`,void 0),V([O()],q.prototype,`said`,void 0),V([k(`textarea`)],q.prototype,`composer`,void 0),V([k(`.turns`)],q.prototype,`scroller`,void 0),V([k(`quotewise-source`)],q.prototype,`source`,void 0);function Yt(e){if(e.trimStart().startsWith(`[`))try{return JSON.parse(e)}catch{return[]}return e.split(`
`).map(e=>e.trim()).filter(Boolean)}var J=100,Xt=1e3,Zt=1e4,Y=class extends H{constructor(...e){super(...e),this.for=null,this.documents=[],this.total=0,this.words=``,this.shownCount=J,this.collections=[],this.usual=``,this.problem=``,this.loading=!0,this.unfolded=!1,this.loads=Promise.resolve(),this.leaving=new AbortController}static{this.styles=[kt,o`
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
  `]}get chat(){return this.for?document.querySelector(`#${CSS.escape(this.for)}`):null}connectedCallback(){super.connectedCallback();let e=new URLSearchParams(location.search).get(`collection`);this.for&&e&&this.choose(e)}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&this.again()}async again(){this.leaving.abort(),this.leaving=new AbortController,await this.queue(async e=>{this.documents=[],this.total=0,this.shownCount=J,this.loading=!0,await this.load(J,e),await this.fill(e)});try{let e=await this.service.collections();this.collections=e.collections.map(({name:e})=>e),this.usual=e.default}catch(e){this.problemOf(e)}}queue(e){let{signal:t}=this.leaving;return this.loads=this.loads.then(()=>t.aborted?void 0:e(t))}async fill(e){let t=()=>Math.min(this.total,this.words?Zt:this.shownCount);for(;this.documents.length<t()&&!this.problem&&!e.aborted;)await this.load(this.words?Xt:J,e)}async load(e,t){try{let n=await this.service.documents(this.collection,this.documents.length,e,t);this.documents=[...this.documents,...n.documents],this.total=n.total,this.problem=``}catch(e){if(t.aborted)return;this.problem=this.problemOf(e).message}this.loading=!1}choose(e){this.collection=e,this.chat&&(this.chat.collection=e);let t=new URL(location.href);t.searchParams.set(`collection`,e),window.history.replaceState(null,``,t)}narrow(){return this.words=this.filter.value.trim().toLowerCase(),this.shownCount=J,this.queue(e=>this.fill(e))}more(){return this.shownCount+=J,this.problem=``,this.queue(e=>this.fill(e))}pick(e,t){!this.chat||e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.unfolded=!1,this.chat.open(t))}render(){let{words:e,documents:t,total:n,collections:r,texts:i}=this,a=e?t.filter(({title:t,path:n})=>`${t}\n${n}`.toLowerCase().includes(e)):t,o=this.loading?C:i.number(n),s=e?a.length>this.shownCount:n>this.shownCount;return x`<section class=${this.unfolded?`open`:``} aria-label=${i.documents}>
      <div class="head">
        <h2>${i.documents} <span class="muted">${o}</span></h2>
        <button aria-expanded=${this.unfolded?`true`:`false`} @click=${()=>this.unfolded=!this.unfolded}>
          ${i.documents} <span class="muted">${o} ${this.unfolded?St:Ct}</span>
        </button>
        ${r.length>1?x`<select aria-label=${i.collection} @change=${e=>this.choose(e.target.value)}>
              ${r.map(e=>x`<option .value=${e} ?selected=${e===(this.collection??this.usual)}>${e}</option>`)}
            </select>`:C}
        <input type="search" aria-label=${i.filterDocuments} placeholder=${i.filterHint} @input=${this.narrow} />
      </div>
      <div class="list">
        ${this.keyNeeded?this.keyForm():this.problem?x`<p class="problem break">${G(this.problem)}</p>`:C}
        <ul>${a.slice(0,this.shownCount).map(e=>this.item(e))}</ul>
        ${s?x`<button class="outlined" @click=${this.more}>${i.showMore}</button>`:C}
        <p class="muted" role="status">${this.state(a.length)}</p>
      </div>
    </section>`}item(e){let t=Wt(e);return x`<li><a class="break" href=${this.service.link(e)} @click=${t=>this.pick(t,e)}>
      ${t?x`<bdi>${G(t)}</bdi><bdi class="muted">${G(e.path)}</bdi>`:x`<bdi>${G(e.path)}</bdi>`}
    </a></li>`}state(e){if(this.loading||this.problem||this.keyNeeded)return``;if(!this.words)return this.total?``:this.texts.noDocuments;let t=this.documents.length;return t<this.total?this.texts.matchesOfFirst(e,t):this.texts.matches(e)}};V([D()],Y.prototype,`for`,void 0),V([O()],Y.prototype,`documents`,void 0),V([O()],Y.prototype,`total`,void 0),V([O()],Y.prototype,`words`,void 0),V([O()],Y.prototype,`shownCount`,void 0),V([O()],Y.prototype,`collections`,void 0),V([O()],Y.prototype,`usual`,void 0),V([O()],Y.prototype,`problem`,void 0),V([O()],Y.prototype,`loading`,void 0),V([O()],Y.prototype,`unfolded`,void 0),V([k(`input[type=search]`)],Y.prototype,`filter`,void 0);var Qt=6,$t=200,en=2400,tn=`rgb(255 224 102)`,X=class extends H{constructor(...e){super(...e),this.of={id:``,path:``},this.pages=1,this.page=1,this.boxes=[],this.image=null,this.problem=``,this.images=new Map,this.wanted=``,this.key=e=>`${this.of.id} ${this.of.sha256} ${e}`}static{this.styles=[kt,o`
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
  `]}again(){this.wanted=``,this.show()}updated(e){(e.has(`of`)||e.has(`page`))&&this.show(),e.has(`boxes`)&&this.draw()}async show(){let{page:e}=this,t=this.key(e);if(t!==this.wanted){this.wanted=t,this.problem=``,this.image=null;try{let n=await this.picture(e);if(t!==this.wanted)return;this.image=n}catch(e){t===this.wanted&&(this.problem=this.problemOf(e).message);return}await this.updateComplete,this.draw();for(let t of[e+1,e-1])t>=1&&t<=this.pages&&this.picture(t).catch(()=>{})}}get width(){return Math.min(en,Math.max(3,Math.ceil(this.clientWidth*devicePixelRatio/$t))*$t)}picture(e){let t=this.key(e),n=this.images.get(t);return n||(n=this.service.page(this.of.id,e,this.width).then(t=>createImageBitmap(t).catch(()=>{throw new A(`unreadable-picture`,this.texts.damagedPicture(e))})),n.catch(()=>this.images.delete(t)),this.images.set(t,n),this.images.size>Qt&&this.images.delete(this.images.keys().next().value)),n}draw(){let{canvas:e,image:t}=this;if(!t||!e)return;Object.assign(e,{width:t.width,height:t.height});let n=e.getContext(`2d`);n.drawImage(t,0,0),n.globalCompositeOperation=`multiply`,n.fillStyle=tn;let r=this.boxes.filter(({page:e})=>e===this.page);for(let{left:e,top:i,right:a,bottom:o}of r)n.fillRect(e*t.width,i*t.height,(a-e)*t.width,(o-i)*t.height);let i=Math.min(...r.map(e=>e.top));this.scroller.scrollTop=r.length?i*e.clientHeight-this.scroller.clientHeight/3:0}turn(e){let t=Math.min(Math.max(Math.round(e)||1,1),this.pages);return t!==this.page&&this.dispatchEvent(new CustomEvent(`quotewise-turn`,{detail:t})),t}jump({target:e}){let t=e;t.value=`${this.turn(Number(t.value))}`}pressed(e){let t={ArrowLeft:-1,ArrowRight:1}[e.key];!t||e.altKey||e.ctrlKey||e.metaKey||(e.preventDefault(),this.turn(this.page+t))}render(){let{page:e,pages:t,problem:n,image:r,texts:i}=this,a=this.boxes.some(t=>t.page===e),o=(e,n,r)=>x`<button class="icon"
      aria-label=${n} title=${n} aria-disabled=${e<1||e>t?`true`:C} @click=${()=>this.turn(e)}>${r}</button>`;return x`<section aria-label=${i.page} aria-busy=${r||n?`false`:`true`}>
      <nav aria-label=${i.pages}>
        ${o(e-1,i.previousPage,wt)}
        <label class="muted">${i.page} <input type="number" min="1" max=${t} .value=${`${e}`} @change=${this.jump} /> ${i.ofPages(t)}</label>
        ${o(e+1,i.nextPage,Tt)}
      </nav>
      <div class="sheet" part="source-page" role="region" aria-label=${i.pictureOfPage} tabindex="0" @keydown=${this.pressed}>
        ${this.keyNeeded?C:n?x`<div class="problem break" role="alert"><p>${i.pageFails(e)} ${G(n)}</p>
                <button class="outlined" @click=${this.again}>${i.tryAgain}</button></div>`:r?C:x`<p class="loading muted">${i.loadingPage(e)}</p>`}
        <canvas role="img" aria-label=${(a?i.markedPage:i.pageOfDocument)(e,this.of.path)}></canvas>
      </div>
    </section>
    <p class="unseen" role="status">${r?i.pageOf(e,t):``}</p>`}};V([D({attribute:!1})],X.prototype,`of`,void 0),V([D({attribute:!1})],X.prototype,`pages`,void 0),V([D({attribute:!1})],X.prototype,`page`,void 0),V([D({attribute:!1})],X.prototype,`boxes`,void 0),V([O()],X.prototype,`image`,void 0),V([O()],X.prototype,`problem`,void 0),V([k(`canvas`)],X.prototype,`canvas`,void 0),V([k(`.sheet`)],X.prototype,`scroller`,void 0);var nn=/^(?:\(?[\p{L}\d]{1,4}[.)]|[•●▪◦‣·*–→§-])\s/u,rn=/[\ud800-\udbff]/,an=6;function on(e,{parts:t,blocks:n}){if(!rn.test(e))return{parts:t,blocks:n};let r=[...t.map(({start:e})=>e),...n.flatMap(e=>[e,...e.cells,...e.marks].flatMap(({start:e,end:t})=>[e,t]))],i=Pt(e,r),a=new Map(r.map((e,t)=>[e,i[t]])),o=e=>({...e,start:a.get(e.start),end:a.get(e.end)});return{parts:t.map(e=>({...e,start:a.get(e.start)})),blocks:n.map(e=>({...o(e),cells:e.cells.map(o),marks:e.marks.map(o)}))}}function sn(e,t,n,r,i){let a=[...Rt(e,t)];a.length>1&&a.at(-1).start===t.end&&a.pop();let o=t.line,s=n.findIndex(({start:e})=>e>=t.start);return a.map(t=>{let a=[];for(;s>=0&&s<n.length&&n[s].start<=t.end;s++)a.push(dn(n[s]));return x`${a}<div class="line ${i?`numbered`:``}" data-line=${o++}><p dir="auto" data-start=${t.start}>${W(e,t,r)}</p></div>`})}function cn(e,t,{parts:n,blocks:r},i,a){let o=un(t,n,r),s=[];for(let t=0;t<o.length;){let{block:n,part:r}=o[t],c=ln[n.kind],l=t+1;for(;c&&l<o.length&&ln[o[l].block.kind]===c&&(!o[l].part||c===`cues`);)l++;let u=o.slice(t,l);r&&c!==`cues`&&s.push(dn(r)),c===`table`?s.push(hn(e,u.map(e=>e.block),i,a)):c===`list`?s.push(x`<ul class=${n.kind}>${u.map(t=>pn(e,t.block,i))}</ul>`):c===`cues`?s.push(x`${u.map(t=>mn(e,t.block,t.part,i))}`):s.push(fn(e,n,i)),t=l}return s}var ln={row:`table`,columns:`table`,item:`list`,cue:`cues`};function un(e,t,n){let r=[],i=t.findIndex(({start:t})=>t>=e.start);for(let a of n){if(a.end<=e.start||a.start>=e.end)continue;let n=Math.max(a.start,e.start),o=Math.min(a.end,e.end);for(;n<o;){let e;for(;i>=0&&t[i]?.start<=n;i++)e=t[i];let s=i>=0&&t[i]?.start<o&&!a.cells.length?t[i].start:o;r.push({block:{...a,start:n,end:s},part:e}),n=s}}return r}var dn=({kind:e,number:t,place:n})=>x`<p class="part muted" data-part="${e} ${t}"><bdi>${n}</bdi></p>`,Z=(e,t,n)=>W(e,t,[...n,...t.marks]);function fn(e,t,n){let{kind:r,level:i,start:a}=t;return r===`heading`?x`<p class="heading l${Math.min(i,an)}" role="heading" aria-level=${Math.min(i+2,an)} dir="auto" data-start=${a}>${Z(e,t,n)}</p>`:r===`code`?x`<pre class="code" data-start=${a}>${Z(e,t,n)}</pre>`:r===`quotation`?x`<blockquote dir="auto" data-start=${a}>${Z(e,t,n)}</blockquote>`:x`<p class=${r} dir="auto" data-start=${a}>${Z(e,t,n)}</p>`}function pn(e,t,n){let r=t.marks.find(({kind:e,start:n})=>e===`hidden`&&n===t.start),i=nn.test(e.slice(r?r.end:t.start,t.start+20));return x`<li class="l${Math.min(t.level,an)} ${i?`own`:``}" dir="auto" data-start=${t.start}>${Z(e,t,n)}</li>`}function mn(e,t,n,r){return x`<div class="line cue" data-line=${n?.place??C}><p dir="auto" data-start=${t.start}>${Z(e,t,r)}</p></div>`}function hn(e,t,n,r){return x`<div class="table" role="region" aria-label=${r} tabindex="0"><table>
    ${t.map(t=>{let r=t.cells.length?t.cells:[t],i=[t.start,...r.flatMap(({start:e,end:t})=>[e,t]),t.end],a=r.concat(t).map((e,t)=>({start:i[2*t],end:i[2*t+1],kind:`hidden`})),o=[...n,...t.marks,...a];return x`<tr>${r.map((n,i)=>{let a={start:i?r[i].start:t.start,end:i+1<r.length?r[i+1].start:t.end},s=W(e,a,o);return t.kind===`columns`?x`<th scope="col" dir="auto" data-start=${a.start}>${s}</th>`:x`<td dir="auto" data-start=${a.start}>${s}</td>`})}</tr>`})}
  </table></div>`}var gn=o`
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
`;function _n(e,t){let n=vn(e);if(!n||n.collapsed)return null;let[r,i]=[yn(e,n.startContainer,n.startOffset),yn(e,n.endContainer,n.endOffset)];if(r===null||i===null)return null;let a=t.slice(r,i),o={start:r+a.length-a.trimStart().length,end:r+a.trimEnd().length};return o.start<o.end?o:null}function vn(e){let t=document.getSelection();if(t?.getComposedRanges)return t.getComposedRanges({shadowRoots:[e]})[0]??null;let n=e.getSelection?.()??t;return n?.rangeCount?n.getRangeAt(0):null}function yn(e,t,n){let r=(t instanceof Element?t:t.parentElement)?.closest(`[data-start]`);if(!r||!e.contains(r))return null;let i=document.createRange();return i.setStart(r,0),i.setEnd(t,n),Number(r.dataset.start)+i.toString().length}var Q=4e3,bn=2e4,xn=3,Sn=/\/documents\/([0-9a-f]{16})\/view$/,Cn=`application/pdf`,wn=e=>e.preventDefault(),Tn=`text/markdown`,$=class extends H{constructor(...e){super(...e),this.document=null,this.start=null,this.end=null,this.sha256=null,this.places=[],this.current=0,this.short=null,this.beside=!1,this.source=null,this.problem=``,this.notice=``,this.window={start:0,end:0,line:1},this.copied=!1,this.boxes=[],this.page=1,this.pageFirst=!0,this.plainly=!1,this.selected=null,this.addressed=!1,this.marks=[],this.quote=null,this.printed=``,this.sources=new Map,this.selecting=()=>{let e=this.source&&_n(this.renderRoot,this.source.text);(e?.start!==this.selected?.start||e?.end!==this.selected?.end)&&(this.selected=e,this.copied=!1)}}static{this.styles=[kt,gn,o`
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
  `]}focus(){this.heading.focus({preventScroll:!0})}connectedCallback(){super.connectedCallback(),globalThis.document.addEventListener(`selectionchange`,this.selecting);let[,e]=!this.document&&!this.places.length&&Sn.exec(location.pathname)||[];if(!e)return;let t=new URLSearchParams(location.search);this.document=e,this.addressed=!0,(t.has(`start`)||t.has(`end`))&&(this.start=Number(t.get(`start`)||NaN),this.end=Number(t.get(`end`)||NaN),this.sha256=t.get(`sha256`))}disconnectedCallback(){super.disconnectedCallback(),globalThis.document.removeEventListener(`selectionchange`,this.selecting)}willUpdate(e){if([`document`,`start`,`end`,`sha256`].some(t=>e.has(t))&&this.document){let e={id:this.document,sha256:this.sha256??void 0};this.places=[{document:e,start:this.start??void 0,end:this.end??void 0}],this.current=0}this.wanted!==this.places[this.current]&&this.show()}again(){this.show()}async show(){let e=this.wanted=this.places[this.current];if(!e)return;this.problem=``,this.copied=!1,this.boxes=[],this.printed=e.place??``,this.source?.document.id!==e.document.id&&(this.source=null,this.page=e.page??1);let t;try{t=await this.read(e.document)}catch(t){this.sources.clear();let n=this.problemOf(t),r=n.kind===`unknown-document`;e===this.wanted&&(this.problem=r?this.texts.unknownDocument:n.message);return}if(e!==this.wanted)return;this.source=t,this.mark(t,e);let n=this.quote?.start??0;this.page=t.structure.parts.findLast(({kind:e,start:t})=>e===`page`&&t<=n)?.number??1,this.locate(e),await this.updateComplete,this.reveal(),this.addressed&&(globalThis.document.title=`${zt(t.document.title)} – Quotewise`)}read({id:e,sha256:t}){let n=`${e} ${t}`,r=this.sources.get(n);if(!r){let{service:t}=this,i=t.structure(e).catch(()=>({parts:[],blocks:[]}));r=Promise.all([t.document(e),t.text(e),i]).then(([e,t,n])=>({document:e,text:t,structure:on(t,n)})),this.sources.set(n,r),this.sources.size>xn&&this.sources.delete(this.sources.keys().next().value)}return r}async locate(e){if(this.quote)try{let{place:t,boxes:n}=await this.service.place(e.document.id,{start:e.start,end:e.end});if(e!==this.wanted)return;this.printed||=t,this.boxes=n,this.requestUpdate()}catch{}}reveal(e=`.quote`){let t=[...this.renderRoot.querySelectorAll(e)].find(e=>e.getClientRects().length),n=t?t.getBoundingClientRect().top-this.scroller.getBoundingClientRect().top:0;this.scroller.scrollTop=t?this.scroller.scrollTop+n-this.scroller.clientHeight/4:0}async turn(e){this.page=e;let{text:t,structure:n}=this.source??{text:``,structure:{parts:[]}},r=n.parts.find(({number:t})=>t===e)?.start;r!==void 0&&((r<this.window.start||r>=this.window.end)&&this.look(this.cut(t,r-Q),this.cut(t,r+Q)),await this.updateComplete,this.reveal(`[data-part="page ${e}"]`))}async view(e){this.pageFirst=e,await this.updateComplete,this.reveal()}mark({document:e,text:t},n){let{start:r,end:i}=n;if(this.marks=[],this.quote=null,this.notice=``,r!==void 0||i!==void 0){let a=Number.isInteger(r)&&Number.isInteger(i)&&r>=0&&r<i,[o,s]=a?Pt(t,[r,i]):[-1,-1];if(n.quote===void 0&&!e.sha256.startsWith(n.document.sha256??``))this.notice=this.texts.changedSinceLink;else if(o<0||s<0){let{outOfRange:t,noRange:n}=this.texts;this.notice=a?t(r,i,e.characters):n(e.characters)}else if(n.quote!==void 0&&t.slice(o,s)!==n.quote)this.notice=this.texts.changedSinceQuote;else{this.quote={start:o,end:s};let a=[{start:r,end:i,kind:`quote`},...(n.highlights??[]).map(e=>({...e,kind:`highlight`}))];this.short&&this.short.citation===this.current+1&&a.push({...this.short,kind:`short`}),this.marks=[...It(t,a),...It(t,this.others(e,n))]}}let a=this.quote??{start:0,end:0};this.look(this.cut(t,a.start-Q),this.cut(t,Math.min(a.end,a.start+bn)+Q))}others({id:e,sha256:t},n){return this.places.filter(r=>r!==n&&r.document.id===e&&r.document.sha256===t).flatMap(({start:e,end:t})=>t===void 0?[]:[{start:e,end:t,kind:`other`}])}cut(e,t){if(t<=0)return 0;if(t>=e.length)return e.length;let n=Math.max(e.lastIndexOf(`
`,t-1),e.lastIndexOf(`\r`,t-1))+1;return e[n]===`
`&&e[n-1]===`\r`&&n++,t-n<Q/2?n:(e.charCodeAt(t)&64512)==56320?t-1:t}more(e){let{text:t}=this.source,{start:n,end:r}=this.window,i=this.scroller.scrollHeight-this.scroller.scrollTop;e===`below`?this.look(n,this.cut(t,r+bn)):(this.look(this.cut(t,n-bn),r),this.updateComplete.then(()=>this.scroller.scrollTop=this.scroller.scrollHeight-i))}look(e,t){this.window={start:e,end:t,line:1+Lt(this.source.text,e)}}move(e){let t=(e+this.places.length)%this.places.length;this.dispatchEvent(new CustomEvent(`quotewise-move`,{detail:t})),this.current=t}async copyQuote(){let{document:e,text:t}=this.source,n=t.slice(this.quote.start,this.quote.end);this.copied=await gt(Gt({quote:n,place:this.printed,document:e},this.link()))}async copySelected(){let{document:e,text:t}=this.source,{start:n,end:r}=this.selected,i={start:Ft(t,n),end:Ft(t,r)},{place:a}=await this.service.place(e.id,i).catch(()=>({place:``}));this.copied=await gt(Gt({quote:t.slice(n,r),place:a,document:e},this.service.link(e,i)))}link(){let e=this.places[this.current];return this.service.link(this.source?.document??e.document,this.quote?e:void 0)}render(){let{source:e,problem:t,notice:n,keyNeeded:r,texts:i}=this,a=this.places[this.current],o=e?.document??a?.document,s=o?.path&&Wt(o),c=[s&&x`<bdi>${G(o.path)}</bdi>`,this.quote&&this.printed&&x`<bdi>${G(this.printed)}</bdi>`],l=!t&&o?.media_type===Cn;return x`<section aria-label=${i.source} aria-busy=${!e&&!t}>
      <header>
        <div>
          <h2 tabindex="-1" class="break" part="source-title"><bdi>${G(s||o?.path||(t?i.noDocument:i.source))}</bdi></h2>
          <p class="muted break">${c.filter(Boolean).map((e,t)=>x`${t?`, `:``}${e}`)}</p>
        </div>
        ${this.controls(e,l)}
      </header>
      <div class="notices" role="status">${r?this.keyForm():t||n?x`<p class="problem break">${G(t||n)}</p>`:C}</div>
      <div class="body ${l?`paged`:``} ${this.pageFirst?`page`:``}">
        ${l?this.pages(o):C}
        <div class="text ${o?.media_type===Tn&&!this.plainly?`flowing`:``}" part="source-text" role="region" aria-label=${i.textOfDocument} tabindex="0">
          ${e?this.content(e):t?C:x`<p class="more muted">${i.loadingDocument}</p>`}
        </div>
      </div>
    </section>`}pages(e){let t=Math.max(this.page,this.source?.structure.parts.at(-1)?.number??1);return x`<quotewise-page exportparts="source-page" .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??C} lang=${this.lang}
      .of=${e} .pages=${t} .page=${this.page} .boxes=${this.boxes} @quotewise-turn=${e=>this.turn(e.detail)}></quotewise-page>`}controls(e,t){let{places:n,current:r,beside:i,pageFirst:a,plainly:o,copied:s,texts:c}=this,l=(e,t)=>x`<button class="icon" aria-label=${s?c.copied:e}
      title=${e} @mousedown=${wn} @click=${t}>${s?bt:yt}</button>`;return x`<nav aria-label=${c.quotes}>
      ${t?x`<div class="views" role="group" aria-label=${c.view}>
            <button aria-pressed=${a?`true`:`false`} @click=${()=>this.view(!0)}>${c.page}</button>
            <button aria-pressed=${a?`false`:`true`} @click=${()=>this.view(!1)}>${c.text}</button>
          </div>`:C}
      ${e?.structure.blocks.length?x`<button aria-pressed=${o?`true`:`false`} @click=${this.change}>${c.plainText}</button>`:C}
      ${n.length>1?x`<button class="icon" aria-label=${c.previousQuote} title=${c.previousQuote} @click=${()=>this.move(r-1)}>${St}</button>
            <span class="muted" role="status">${c.nOf(r+1,n.length)}</span>
            <button class="icon" aria-label=${c.nextQuote} title=${c.nextQuote} @click=${()=>this.move(r+1)}>${Ct}</button>`:C}
      ${this.selected?l(c.copySelection,this.copySelected):e&&this.quote?l(c.copyQuote,this.copyQuote):C}
      ${i?x`<a class="button icon" href=${this.link()} target="_blank" rel="noopener" aria-label=${c.openAlone} title=${c.openAlone}>${Et}</a>
            <button class="icon" aria-label=${c.closeSource} title=${c.close} @click=${this.close}>${xt}</button>`:C}
    </nav>`}async change(){this.plainly=!this.plainly,await this.updateComplete,this.reveal()}content({document:e,text:t,structure:n}){let{start:r,end:i}=this.window,a=n.blocks.length&&!this.plainly;return x`
      ${r>0?x`<div class="more"><button class="outlined" @click=${()=>this.more(`above`)}>${St} ${this.texts.moreAbove}</button></div>`:C}
      ${a?cn(t,this.window,n,this.marks,this.texts.table):sn(t,this.window,n.parts,this.marks,e.encoding!==``)}
      ${i<t.length?x`<div class="more"><button class="outlined" @click=${()=>this.more(`below`)}>${Ct} ${this.texts.moreBelow}</button></div>`:C}
    `}close(){this.dispatchEvent(new CustomEvent(`quotewise-close`))}};V([D()],$.prototype,`document`,void 0),V([D({type:Number})],$.prototype,`start`,void 0),V([D({type:Number})],$.prototype,`end`,void 0),V([D()],$.prototype,`sha256`,void 0),V([D({attribute:!1})],$.prototype,`places`,void 0),V([D({attribute:!1})],$.prototype,`current`,void 0),V([D({attribute:!1})],$.prototype,`short`,void 0),V([D({attribute:!1})],$.prototype,`beside`,void 0),V([O()],$.prototype,`source`,void 0),V([O()],$.prototype,`problem`,void 0),V([O()],$.prototype,`notice`,void 0),V([O()],$.prototype,`window`,void 0),V([O()],$.prototype,`copied`,void 0),V([O()],$.prototype,`boxes`,void 0),V([O()],$.prototype,`page`,void 0),V([O()],$.prototype,`pageFirst`,void 0),V([O()],$.prototype,`plainly`,void 0),V([O()],$.prototype,`selected`,void 0),V([k(`.text`)],$.prototype,`scroller`,void 0),V([k(`h2`)],$.prototype,`heading`,void 0);var En={"quotewise-page":X,"quotewise-source":$,"quotewise-turn":K,"quotewise-chat":q,"quotewise-documents":Y};for(let[e,t]of Object.entries(En))customElements.get(e)||customElements.define(e,t);document.body?.dataset.texts!==void 0&&ut(document)})();