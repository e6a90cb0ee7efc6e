/*! quotewise-chat; sources sha256 90be32764d3e435e3c4890b2205d1786f7dfa35a777f65ad95d38ea55aea6a20 */
(function(){var e=globalThis,t=e.ShadowRoot&&(e.ShadyCSS===void 0||e.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,n=Symbol(),r=new WeakMap,i=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==n)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,n=this.t;if(t&&e===void 0){let t=n!==void 0&&n.length===1;t&&(e=r.get(n)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),t&&r.set(n,e))}return e}toString(){return this.cssText}},a=e=>new i(typeof e==`string`?e:e+``,void 0,n),o=(e,...t)=>new i(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,n),s=(n,r)=>{if(t)n.adoptedStyleSheets=r.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let t of r){let r=document.createElement(`style`),i=e.litNonce;i!==void 0&&r.setAttribute(`nonce`,i),r.textContent=t.cssText,n.appendChild(r)}},c=t?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return a(t)})(e):e,{is:l,defineProperty:u,getOwnPropertyDescriptor:d,getOwnPropertyNames:ee,getOwnPropertySymbols:te,getPrototypeOf:ne}=Object,re=globalThis,ie=re.trustedTypes,ae=ie?ie.emptyScript:``,oe=re.reactiveElementPolyfillSupport,se=(e,t)=>e,ce={toAttribute(e,t){switch(t){case Boolean:e=e?ae:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},le=(e,t)=>!l(e,t),ue={attribute:!0,type:String,converter:ce,reflect:!1,useDefault:!1,hasChanged:le};Symbol.metadata??=Symbol(`metadata`),re.litPropertyMetadata??=new WeakMap;var f=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ue){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&u(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=d(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ue}static _$Ei(){if(this.hasOwnProperty(se(`elementProperties`)))return;let e=ne(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(se(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(se(`properties`))){let e=this.properties,t=[...ee(e),...te(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(c(e))}else e!==void 0&&t.push(c(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return s(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?ce:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?ce:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??le)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};f.elementStyles=[],f.shadowRootOptions={mode:`open`},f[se(`elementProperties`)]=new Map,f[se(`finalized`)]=new Map,oe?.({ReactiveElement:f}),(re.reactiveElementVersions??=[]).push(`2.1.2`);var de=globalThis,fe=e=>e,pe=de.trustedTypes,me=pe?pe.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,he=`$lit$`,p=`lit$${Math.random().toFixed(9).slice(2)}$`,ge=`?`+p,_e=`<${ge}>`,m=document,ve=()=>m.createComment(``),ye=e=>e===null||typeof e!=`object`&&typeof e!=`function`,be=Array.isArray,xe=e=>be(e)||typeof e?.[Symbol.iterator]==`function`,Se=`[ 	
\f\r]`,Ce=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,we=/-->/g,Te=/>/g,h=RegExp(`>|${Se}(?:([^\\s"'>=/]+)(${Se}*=${Se}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),Ee=/'/g,De=/"/g,Oe=/^(?:script|style|textarea|title)$/i,g=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),_=Symbol.for(`lit-noChange`),v=Symbol.for(`lit-nothing`),ke=new WeakMap,y=m.createTreeWalker(m,129);function Ae(e,t){if(!be(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return me===void 0?t:me.createHTML(t)}var je=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=Ce;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===Ce?c[1]===`!--`?o=we:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=h):(Oe.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=h):o=Te:o===h?c[0]===`>`?(o=i??Ce,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?h:c[3]===`"`?De:Ee):o===De||o===Ee?o=h:o===we||o===Te?o=Ce:(o=h,i=void 0);let d=o===h&&e[t+1].startsWith(`/>`)?` `:``;a+=o===Ce?n+_e:l>=0?(r.push(s),n.slice(0,l)+he+n.slice(l)+p+d):n+p+(l===-2?t:d)}return[Ae(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Me=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=je(t,n);if(this.el=e.createElement(l,r),y.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=y.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(he)){let t=u[o++],n=i.getAttribute(e).split(p),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Ie:r[1]===`?`?Le:r[1]===`@`?Re:Fe}),i.removeAttribute(e)}else e.startsWith(p)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Oe.test(i.tagName)){let e=i.textContent.split(p),t=e.length-1;if(t>0){i.textContent=pe?pe.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],ve()),y.nextNode(),c.push({type:2,index:++a});i.append(e[t],ve())}}}else if(i.nodeType===8){if(i.data===ge)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(p,e+1))!==-1;)c.push({type:7,index:a}),e+=p.length-1}}a++}}static createElement(e,t){let n=m.createElement(`template`);return n.innerHTML=e,n}};function b(e,t,n=e,r){if(t===_)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=ye(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=b(e,i._$AS(e,t.values),i,r)),t}var Ne=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??m).importNode(t,!0);y.currentNode=r;let i=y.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new Pe(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new ze(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=y.nextNode(),a++)}return y.currentNode=m,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},Pe=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=v,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=b(this,e,t),ye(e)?e===v||e==null||e===``?(this._$AH!==v&&this._$AR(),this._$AH=v):e!==this._$AH&&e!==_&&this._(e):e._$litType$===void 0?e.nodeType===void 0?xe(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==v&&ye(this._$AH)?this._$AA.nextSibling.data=e:this.T(m.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Me.createElement(Ae(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new Ne(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=ke.get(e.strings);return t===void 0&&ke.set(e.strings,t=new Me(e)),t}k(t){be(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(ve()),this.O(ve()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=fe(e).nextSibling;fe(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Fe=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=v,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=v}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=b(this,e,t,0),a=!ye(e)||e!==this._$AH&&e!==_,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=b(this,r[n+o],t,o),s===_&&(s=this._$AH[o]),a||=!ye(s)||s!==this._$AH[o],s===v?e=v:e!==v&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===v?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Ie=class extends Fe{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===v?void 0:e}},Le=class extends Fe{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==v)}},Re=class extends Fe{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=b(this,e,t,0)??v)===_)return;let n=this._$AH,r=e===v&&n!==v||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==v&&(n===v||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ze=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){b(this,e)}},Be=de.litHtmlPolyfillSupport;Be?.(Me,Pe),(de.litHtmlVersions??=[]).push(`3.3.3`);var Ve=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new Pe(t.insertBefore(ve(),e),e,void 0,n??{})}return i._$AI(e),i},He=globalThis,x=class extends f{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ve(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return _}};x._$litElement$=!0,x.finalized=!0,He.litElementHydrateSupport?.({LitElement:x});var Ue=He.litElementPolyfillSupport;Ue?.({LitElement:x}),(He.litElementVersions??=[]).push(`4.2.2`);var We={attribute:!0,type:String,converter:ce,reflect:!1,hasChanged:le},Ge=(e=We,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function S(e){return(t,n)=>typeof n==`object`?Ge(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function C(e){return S({...e,state:!0,attribute:!1})}var Ke=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function w(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Ke(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Ke(n,r,{get(){return a(this)}})}}var T=o`
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
  .bar { /* what may be long, and what can be done with it */
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .bar > :first-child {
    flex: 1;
    min-inline-size: 0;
  }
  .bar > button {
    flex: none;
  }
  .clamped {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: var(--lines);
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
`,qe=o`
  .hidden {
    display: none;
  }
  .strong {
    font-weight: 650;
  }
  .emphasis {
    font-style: italic;
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
`,Je=o`
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
  ${qe}
`,Ye=[T,o`
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
  .meant q,
  .correction q {
    color: var(--text);
  }
  .plain {
    display: inline;
    min-block-size: 0;
    padding: 0;
    color: var(--accent);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .differ {
    display: flex;
    gap: 0.5rem;
    align-items: start;
    padding: 0.5rem 0.75rem;
    border: 1px solid currentColor;
    border-radius: var(--radius);
    color: var(--warning);
    font-weight: 550;
  }
  .differ svg {
    flex: none;
    margin-block-start: 0.1rem;
  }
  .others > button {
    padding-inline: 0.25rem;
  }
  .others ul {
    margin-block-start: 0.5rem;
  }
  .after .link {
    margin-inline-start: auto;
  }
  .correction {
    display: grid;
    gap: 0.5rem;
    padding: 0.75rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    font-size: 0.875rem;
  }
  .correction fieldset {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .correction legend {
    padding: 0;
    font-weight: 600;
  }
  .correction input {
    inline-size: auto;
  }
  blockquote.rendered {
    ${qe}
    white-space: normal;
    & > :last-child {
      margin-block-end: 0;
    }
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
  .closest blockquote.rendered {
    display: block;
    max-block-size: 8rem;
  }
  figcaption {
    padding: 0.25rem 0.375rem 0.25rem 1rem;
    border-block-start: 1px solid var(--border);
    font-size: 0.8125rem;
  }
  figcaption div {
    padding-block: 0.25rem;
  }
  .reference {
    font-weight: 550;
    text-decoration: none;
  }
  .reference bdi {
    text-decoration: underline 1px;
    text-underline-offset: 0.2em;
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
    flex-wrap: wrap;
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
`,o`
  :host {
    position: relative; /* of what is said unseen, which would make the page a pixel longer */
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
  header > div {
    display: flex;
    flex: none;
    align-items: center;
    gap: 0.375rem;
  }
  .chat.open :is(.search, .list) { /* beside a source there is no room for words */
    inline-size: 2rem;
    padding: 0;
  }
  .chat.open :is(.search, .list) span {
    display: none;
  }
  quotewise-composer {
    display: block;
  }
  .only {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    padding-inline: 0.625rem;
    color: var(--accent);
    font-size: 0.8125rem;
  }
  .notice,
  .counter.over {
    color: var(--warning);
    font-size: 0.8125rem;
    margin-block: 0.25rem;
  }
  .counter {
    padding-inline: 0.625rem;
    text-align: end;
  }
  .counter.over {
    text-align: start;
  }
  .composer.long,
  .composer.long:focus-within {
    border-color: var(--warning);
    box-shadow: 0 0 0 1px var(--warning);
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
    header button {
      inline-size: 2rem;
      padding: 0;
    }
    header button span {
      display: none;
    }
    .turns,
    .foot {
      padding-inline: 0.875rem;
    }
  }
  .printed {
    display: none;
  }
  @media print {
    :host {
      block-size: auto;
      overflow: visible;
    }
    .chat,
    .talk {
      display: block;
      block-size: auto;
    }
    .turns {
      overflow: visible;
    }
    .foot,
    .after,
    .correction,
    .others > button,
    .meant button,
    figcaption button,
    header,
    quotewise-source,
    quotewise-conversations {
      display: none !important;
    }
    .printed {
      display: block;
      padding: 1.25rem 1.25rem 0;
    }
    figure {
      break-inside: avoid;
    }
    .reference::after {
      content: " <" attr(href) ">";
      font-weight: 400;
    }
  }
`],Xe=[[.75,`high`],[.5,`fair`],[.3,`low`],[0,`least`]],Ze=e=>Xe.find(([t])=>e>=t)[1],Qe=({heading:e,place:t,document:n})=>e.filter((e,r)=>t!==`section ${e}`&&(r>0||e!==n.title)),$e=/(?:^|(?<=\s))\|(?=\s|$)/;function et({heading:e}){let t=(e.at(-1)??``).split($e).map(e=>e.trim());return t.length>1?t:[]}function E({title:e,path:t}){return t.split(`/`).pop().replace(/\.\w+$/,``)===e?null:e}var D=(e,{places:t})=>e.replace(/^[a-z]+(?= )/,e=>Object.hasOwn(t,e)?t[e]:e);function tt({quote:e,place:t,document:n},r){return`${e}\n\n— ${[E(n),n.path,t].filter(Boolean).join(`, `)}\n${r}\n`}var nt=3,rt=2e3,it=(e,t={})=>({question:e,state:`asking`,citations:[],closest:[],confidence:0,short:null,...t}),at=e=>{let t=Date.now();return{id:`${t.toString(36)}${Math.random().toString(36).slice(2,8)}`,collection:e,begun:t,changed:t,turns:[]}},ot=({title:e,turns:t})=>e||t[0]?.question||``;function st(e,t,n){if(t.name===`passages`)return n.reading(t.count);if(t.name===`citation`&&(e.citations=[...e.citations,t.citation]),t.name===`done`&&(e.requestId=t.requestId),t.name!==`answer`)return e.progress??``;let{answered:r,closest:i,others:a,short_answer:o,interpretation:s,contradictions:c,confidence:l}=t;return Object.assign(e,{closest:i,others:a,short:o,interpretation:s,contradictions:c,confidence:l},{state:r?`answered`:`silent`}),r?`${n.quotesFound(e.citations.length)}. ${n.confidence[Ze(l)]}.`:`${n.silent} ${n.closePassages(i.length)}.`}var ct=e=>e.filter(({state:e})=>e===`answered`||e===`silent`);function lt(e){return ct(e).slice(-3).map(({question:e,citations:t})=>({question:e,quotes:t.map(({quote:e})=>e).filter(e=>e.length<=rt).slice(0,nt)}))}var O=e=>g`<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${e} /></svg>`,ut=O(`M12 19V5m-6 6 6-6 6 6`),dt=O(`M7 7h10v10H7z`),ft=O(`M9 9h11v11H9zM5 15H4V4h11v1`),pt=O(`m5 13 4 4L19 7`),mt=O(`M6 6l12 12M18 6 6 18`),ht=O(`m6 15 6-6 6 6`),gt=O(`m6 9 6 6 6-6`),_t=O(`m15 6-6 6 6 6`),vt=O(`m9 6 6 6-6 6`),yt=O(`M14 4h6v6m0-6-9 9M18 14v6H4V6h6`),bt=O(`M7 11v9H4v-9zm0 0 4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7`),xt=O(`M17 13V4h3v9zm0 0-4 8a2 2 0 0 1-3-2l1-5H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10`);O(`M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6`);var St=O(`M12 5v14M5 12h14`),Ct=O(`M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1`),wt=O(`M4 6h16M4 12h16M4 18h10`),Tt=O(`m4 20 1-4L16 5l3 3L8 19zM14 7l3 3`),Et=O(`M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5`),Dt=O(`M3 6h18v12H3zM6 15V9l3 3 3-3v6M17 9v6m-2-2 2 2 2-2`),Ot=O(`M9 4H7v6l-2 2 2 2v6h2M15 4h2v6l2 2-2 2v6h-2`),kt=O(`M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z`),At=O(`M12 4 3 20h18zM12 10v5M12 17.5v.5`),jt=O(`M5 5h14v14H5zM8.5 12l2.5 2.5 4.5-5`),Mt=O(`M5 5h14v14H5z`),Nt=O(`M4 5h10v10H4zM14 9h6v10H10v-4`),Pt=O(`M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.9-4.9`),Ft=O(`M4 12a8 8 0 0 1 14-5l2 2m0-5v5h-5M20 12a8 8 0 0 1-14 5l-2-2m0 5v-5h5`);async function*It(e){let t=e.pipeThrough(new TextDecoderStream).getReader(),n=``,r=`message`,i=[];try{for(;;){let{value:e,done:a}=await t.read();if(a)return;let o=(n+e).split(/\r\n|\n|\r(?!$)/);n=o.pop();for(let e of o){let[,t,n]=/^([^:]*):? ?(.*)$/s.exec(e);t===`event`&&(r=n),t===`data`&&i.push(n),e||(i.length&&(yield{name:r,data:i.join(`
`)}),r=`message`,i=[])}}}finally{await t.cancel().catch(()=>{})}}var k=class e extends Error{constructor(e,t,n=0,r=null){super(t),this.kind=e,this.status=n,this.retryAfter=r}static async of(t,n){let r=/\bjson\b/.test(zt(t))?await t.json().catch(()=>({})):{},i=Number.parseInt(t.headers.get(`Retry-After`)??``,10);return e.from({status:t.status,...r},n,Number.isNaN(i)?null:i)}static from(t,n,r=null){let i=(t.type??``).split(`:`).pop();return new e(i,t.detail??n.status(t.status??0),t.status,r)}},Lt=1e3,Rt=(e,t)=>`collections/${encodeURIComponent(e)}/documents/${t.split(`/`).map(encodeURIComponent).join(`/`)}`,zt=e=>e.headers.get(`Content-Type`)??``,Bt=class{constructor(e,t,n){this.endpoint=e,this.key=t,this.texts=n}async*ask(e,t,{collection:n,also:r,only:i},a){let o={question:e,...t.length&&{history:t},...Ht(n,r),...i.length&&{filter:{paths:i}}},s=await this.post(`ask`,o,{Accept:`text/event-stream`},a);if(!zt(s).startsWith(`text/event-stream`)){yield*Ut(await s.json());return}let c=[],l=[];for await(let{name:e,data:t}of It(s.body)){let n=JSON.parse(t);if(e===`passages`)c=n.passages,yield{name:e,count:c.length};else if(e===`citation`)l.push(n),yield{name:e,citation:n};else if(e===`answer`)yield{...n,name:e,closest:n.closest.map(e=>Wt(c[e])),others:n.answered?Kt(c,l):[]};else if(e===`done`){yield{name:e,requestId:n.request_id};return}else if(e===`error`)throw k.from(n,this.texts)}throw new k(`cut-off`,this.texts.cutOff)}async search(e,t,n,r){return(await(await this.post(`search`,{question:e,filter:r,...Ht(t,n)})).json()).passages.map(Wt)}async feedback(e,t,n=[],r){await this.post(`feedback`,{request_id:e,helpful:t,...n.length&&{wrong_quotes:n},...r&&{right_quote:r}})}async overview(e){return(await this.request(`overview${e?`?${new URLSearchParams({collection:e})}`:``}`)).json()}async document(e){return(await this.request(`documents/${e}`)).json()}async text(e){let t=await(await this.request(`documents/${e}/text`)).arrayBuffer();return new TextDecoder(`utf-8`,{ignoreBOM:!0}).decode(t)}async structure(e,t){return(await this.request(`documents/${e}/structure${t?`?start=${t.start}&end=${t.end}`:``}`)).json()}async place(e,{start:t,end:n}){return(await this.request(`documents/${e}/place?start=${t}&end=${n}`)).json()}async page(e,t,n){return(await this.request(`documents/${e}/pages/${t}.png?width=${n}`)).blob()}async documents(e,t,n,r){let i=new URLSearchParams({offset:`${t}`,limit:`${n}`,...e&&{collection:e}});return(await this.request(`documents?${i}`,{signal:r})).json()}async collections(){return(await this.request(`collections`)).json()}async put(e,t,n,r,i){let a=new XMLHttpRequest;a.open(`PUT`,new URL(Rt(e,t),this.endpoint)),a.setRequestHeader(`Content-Type`,`application/octet-stream`),r||a.setRequestHeader(`If-None-Match`,`*`),this.key&&a.setRequestHeader(`Authorization`,`Bearer ${this.key}`),a.upload.onprogress=({loaded:e,total:t})=>i(t?e/t:1),await new Promise((e,t)=>{a.onload=()=>e(),a.onerror=()=>t(new k(`unreachable`,this.texts.uploadCut)),a.send(n)});let o=[`Content-Type`,`Retry-After`].map(e=>[e,a.getResponseHeader(e)??``]);return this.changed(new Response(a.responseText,{status:a.status,headers:o}))}async remove(e,t,n){let r={"If-Match":`"${n}"`},i=await this.request(Rt(e,t),{method:`DELETE`,headers:r,keepalive:!0});i.status===202&&await this.changed(i)}async rename({collection:e,path:t,sha256:n},r){return this.changed(await this.patch(Rt(e,t),{path:r},{"If-Match":`"${n}"`}))}async renameCollection(e,t){await this.patch(`collections/${encodeURIComponent(e)}`,{name:t})}async removeCollection(e){await this.request(`collections/${encodeURIComponent(e)}`,{method:`DELETE`,keepalive:!0})}async changed(e){if(!e.ok)throw await k.of(e,this.texts);let t=await e.json();if(e.status!==202)return t;for(;t.state!==`done`;){if(t.state===`failed`)throw k.from(t.problem,this.texts);await new Promise(e=>setTimeout(e,Lt)),t=await(await this.request(`jobs/${t.id}`)).json()}return t.document}link({id:e,sha256:t},n){let r=t?`&sha256=${t.slice(0,16)}`:``,i=n?.end===void 0?``:`?start=${n.start}&end=${n.end}${r}`;return new URL(`documents/${e}/view${i}`,this.endpoint).href}questionLink(e,t,{collection:n,also:r,only:i}){let a=new URLSearchParams(Object.entries({also:r,only:i,after:t,q:[e]}).flatMap(([e,t])=>t.map(t=>[e,t])));return n&&a.set(`collection`,n),new URL(`./?${a}`,this.endpoint).href}post(e,t,n={},r){return this.request(e,{method:`POST`,...Vt(t,n),signal:r})}patch(e,t,n={}){return this.request(e,{method:`PATCH`,...Vt(t,n)})}async request(e,t={}){let n={...t.headers,...this.key&&{Authorization:`Bearer ${this.key}`}},r;try{r=await fetch(new URL(e,this.endpoint),{...t,headers:n,credentials:`omit`,referrerPolicy:`no-referrer`})}catch(e){if(e.name===`AbortError`)throw e;let{host:t,origin:n}=this.endpoint;throw new k(`unreachable`,n===location.origin?this.texts.unreachable(t):this.texts.unreachableFrom(t,location.origin))}if(!r.ok)throw await k.of(r,this.texts);return r}},Vt=(e,t)=>({body:JSON.stringify(e),headers:{"Content-Type":`application/json`,...t}}),Ht=(e,t)=>t.length?{collections:t}:e?{collection:e}:{};function*Ut(e){for(let t of e.citations)yield{name:`citation`,citation:t};yield{...e,name:`answer`,closest:e.closest,others:[]},yield{name:`done`,requestId:e.request_id}}function Wt({text:e,start:t,end:n,place:r,heading:i,document:a}){return{quote:e,start:t,end:n,page:null,place:r,heading:i,highlights:[],document:a}}var Gt=3;function Kt(e,t){let n=e=>t.some(({document:t,start:n,end:r})=>t.id===e.document.id&&n<e.end&&e.start<r);return e.filter(e=>!n(e)).slice(0,Gt).map(Wt)}function qt(e){let t=new Intl.PluralRules(e);return(n,r,i)=>`${n.toLocaleString(e)} ${t.select(n)===`one`?r:i}`}var Jt=e=>t=>t.toLocaleString(e),A=Jt(`de`),j=qt(`de`),Yt={number:A,slogan:`Antworten in den Worten der Dokumente`,skip:`Zur Frage springen`,askDocuments:`Dokumente befragen`,keyAsked:`Dieser Dienst verlangt einen API-Schlüssel. Er wird behalten, bis Sie diesen Tab schließen.`,keyMissing:`Dies verlangt einen gültigen Schlüssel.`,useKey:`Schlüssel verwenden`,unreachable:e=>`Der Dienst unter ${e} antwortet nicht. Prüfen Sie die Verbindung, und ob der Dienst läuft; fragen Sie dann noch einmal.`,unreachableFrom:(e,t)=>`Der Dienst unter ${e} antwortet dieser Seite nicht. Prüfen Sie die Verbindung, und ob der Dienst läuft; er muss auch Seiten von ${t} zulassen, durch einen Browser-Schlüssel mit diesem Ursprung.`,cutOff:`Die Verbindung brach ab, bevor die Antwort vollständig war.`,status:e=>`Der Dienst antwortete mit Status ${e}.`,tryAgainIn:e=>`Versuchen Sie es in ${j(e,`Sekunde`,`Sekunden`)} erneut.`,tryAgain:`Erneut versuchen`,newConversation:`Neues Gespräch`,conversation:`Gespräch`,newConversationBegun:`Neues Gespräch.`,placeholder:`Frage stellen`,question:`Frage`,ask:`Fragen`,stop:`Anhalten`,promise:`Jede Antwort ist ein wörtliches Zitat. Es wird kein Text erzeugt.`,introduction:`Stellen Sie eine Frage. Sie bekommen die Sätze, die sie beantworten, und ihre Fundstelle.`,suggestedQuestions:`Vorgeschlagene Fragen`,searching:`Suche…`,reading:e=>`${j(e,`Passage wird`,`Passagen werden`)} gelesen…`,stopped:`Angehalten.`,askAgain:`Noch einmal fragen`,confidence:{high:`Sehr wahrscheinlich eine Antwort`,fair:`Wahrscheinlich eine Antwort`,low:`Möglicherweise eine Antwort`,least:`Vielleicht eine Antwort: bitte an der Fundstelle lesen`},sure:e=>`${e} % sicher beim ersten Zitat`,silent:`Die Dokumente sagen dazu nichts.`,comeClosest:`Diese Passagen kommen am nächsten:`,quotesFound:e=>j(e,`Zitat`,`Zitate`),closePassages:e=>j(e,`ähnliche Passage`,`ähnliche Passagen`),quotes:`Zitate`,closest:`Nächstliegende Passagen`,copied:`Kopiert`,copiedQuote:e=>`Zitat ${e} kopiert`,copyNumbered:e=>`Zitat ${e} mit Fundstelle kopieren`,copyQuote:`Zitat mit Fundstelle kopieren`,copySelection:`Auswahl mit Fundstelle kopieren`,copiedWithReference:`Mit Fundstelle kopiert.`,cannotCopy:`Dieser Browser lässt die Seite nicht kopieren.`,wasHelpful:`War das hilfreich?`,helpful:`Hilfreich`,notHelpful:`Nicht hilfreich`,thanks:`Danke.`,feedbackRefused:`Zu dieser Antwort wird keine Rückmeldung angenommen.`,documents:`Dokumente`,collection:`Sammlung`,filterDocuments:`Dokumente filtern`,filterHint:`Nach Titel oder Pfad filtern`,showMore:`Mehr anzeigen`,noDocuments:`Hier gibt es keine Dokumente.`,noDocumentsYet:`Hier gibt es noch keine Dokumente. Fügen Sie welche hinzu, warten Sie, bis sie gelesen sind, und fragen Sie dann.`,matches:e=>`${j(e,`Dokument passt`,`Dokumente passen`)}.`,matchesOfFirst:(e,t)=>`${j(e,`Dokument`,`Dokumente`)} unter den ersten ${A(t)}.`,uploads:`Dokumente, die hinzukommen`,addDocuments:`Dokumente hinzufügen`,addFolder:`Ordner hinzufügen`,dropHere:`Dokumente hierher ziehen, um zu beginnen`,dropNow:`Loslassen, um hinzuzufügen`,dropKinds:`PDF, Word, PowerPoint, Excel, HTML, Markdown, E-Mail, Text und mehr.`,uploadsGoing:(e,t)=>`${A(e)} von ${A(t)} fertig…`,uploadsDone:(e,t)=>`${j(e,`Dokument`,`Dokumente`)} hinzugefügt${t?`, ${A(t)} nicht`:``}.`,uploadStates:{waiting:`wartet`,sending:`wird gesendet`,indexing:`wird gelesen`,added:`hinzugefügt`},uploadOf:e=>`Fortschritt von ${e}`,uploadCut:`Die Verbindung brach ab, bevor die Datei angekommen war. Nichts wurde geändert; versuchen Sie es noch einmal.`,unreadableFile:`Der Browser kann die Datei nicht lesen: sie wurde verschoben, gelöscht oder ist geschützt.`,tooLarge:(e,t)=>`Die Datei hat ${A(Math.ceil(e/1e6))} MB; höchstens ${A(Math.floor(t/1e6))} MB sind möglich. Teilen Sie sie.`,nameTaken:`Es gibt schon ein Dokument dieses Namens.`,replace:`Ersetzen`,leaveOut:`Weglassen`,tryAllAgain:`Alle noch einmal versuchen`,andMore:e=>`und ${A(e)} weitere`,askOnly:`Nur dieses Dokument fragen`,askAll:`Alle Dokumente fragen`,tickToAskOnly:`Haken Sie Dokumente an, um nur diese zu fragen.`,embed:`Diesen Chat auf einer anderen Seite einbinden`,embedKey:"Legen Sie in einem Terminal auf dem Rechner des Dienstes, mit demselben --index wie bei `quotewise serve`, falls dort einer steht, einen Schlüssel für die Leser dieser Seite an; von da an braucht jede Anfrage einen Schlüssel:",embedPage:`Fügen Sie dies in die Seite ein, mit dem Schlüssel anstelle von KEY:`,copyCode:`Kopieren`,onlyIn:`Nur in`,onlyInMany:e=>`Nur in ${j(e,`Dokument`,`Dokumenten`)}`,searchPassages:`Passagen suchen`,search:`Suchen`,limits:`Suche einschränken`,folder:`Ordner`,kind:`Art`,any:`alle`,indexedFrom:`Indexiert ab`,indexedTo:`Indexiert bis`,field:`Feld der Metadaten`,valueOfField:`Sein Wert`,passagesFound:e=>`${j(e,`Passage`,`Passagen`)}, die nächste zuerst.`,askSeveral:`Mehrere Sammlungen fragen`,askOne:`Nur eine Sammlung fragen`,inCollections:e=>`In den Sammlungen ${e}`,renameCollection:`Sammlung umbenennen`,removeCollection:`Sammlung löschen`,collectionRemoved:e=>`Die Sammlung ${e} und ihre Dokumente werden gelöscht.`,newPath:`Neuer Pfad des Dokuments`,pathTaken:`Unter diesem Pfad steht schon ein Dokument, oder dieses hat sich geändert. Es wurde nichts umbenannt.`,newCollection:`Neue Sammlung`,collectionName:`Name aus Buchstaben, Ziffern, - und _`,source:`Quelle`,noDocument:`Kein Dokument`,unknownDocument:`Dieses Dokument ist nicht oder nicht mehr im Index.`,changedSinceLink:`Dieses Dokument hat sich geändert, seit der Link entstand; das Zitat steht dort vielleicht nicht mehr. Nichts ist markiert.`,changedSinceQuote:`Dieses Dokument hat sich geändert, seit es zitiert wurde; das Zitat steht dort nicht mehr. Nichts ist markiert.`,noRange:e=>`Die Adresse nennt keinen möglichen Bereich; das Dokument hat ${j(e,`Zeichen`,`Zeichen`)}. Nichts ist markiert.`,outOfRange:(e,t,n)=>`Die Adresse nennt die Zeichen ${A(e)} bis ${A(t)}, aber das Dokument hat ${j(n,`Zeichen`,`Zeichen`)}. Nichts ist markiert.`,textOfDocument:`Text des Dokuments`,loadingDocument:`Dokument wird geladen…`,view:`Ansicht`,page:`Seite`,text:`Text`,plainText:`Reiner Text`,previousQuote:`Voriges Zitat`,nextQuote:`Nächstes Zitat`,nOf:(e,t)=>`${A(e)} von ${A(t)}`,ofPages:e=>`von ${A(e)}`,openAlone:`Unter eigener Adresse öffnen`,closeSource:`Quelle schließen`,close:`Schließen`,moreAbove:`Mehr davor`,moreBelow:`Mehr danach`,table:`Tabelle`,pages:`Seiten`,previousPage:`Vorige Seite`,nextPage:`Nächste Seite`,pictureOfPage:`Bild der Seite`,loadingPage:e=>`Seite ${A(e)} wird geladen…`,pageFails:e=>`Seite ${A(e)} kann nicht gezeigt werden:`,damagedPicture:e=>`Das Bild der Seite ${A(e)} kam beschädigt oder leer an.`,pageOf:(e,t)=>`Seite ${A(e)} von ${A(t)}`,pageOfDocument:(e,t)=>`Seite ${A(e)} von ${t}`,markedPage:(e,t)=>`Seite ${A(e)} von ${t}, das Zitat ist markiert`,conversations:`Gespräche`,conversationsHint:`Gespräche: wiederfinden, als Datei sichern, drucken`,questionsAsked:e=>j(e,`Frage`,`Fragen`),searchConversations:`Gespräche durchsuchen`,noConversations:`In diesem Browser ist kein Gespräch gespeichert.`,noConversationMatches:`Kein Gespräch passt.`,newerConversations:e=>`${j(e,`Gespräch`,`Gespräche`)} einer neueren Version dieser Seite können hier nicht gezeigt werden.`,rename:`Umbenennen`,nameOfConversation:`Name des Gesprächs`,save:`Speichern`,remove:`Löschen`,removed:`Gelöscht.`,undo:`Rückgängig`,exportMarkdown:`Als Markdown speichern`,exportJson:`Als JSON speichern`,print:`Drucken`,notKept:`Der Speicher des Browsers ist voll oder gesperrt: Dieses Gespräch wird nicht behalten. Speichern Sie es als Datei oder löschen Sie ältere.`,removedElsewhere:`Dieses Gespräch wurde in einem anderen Tab gelöscht. Mit Ihrer nächsten Frage wird es wieder behalten.`,nOfConversation:(e,t)=>`${e}: ${t}`,tooLong:(e,t)=>`Die Frage hat ${j(e,`Zeichen`,`Zeichen`)}; höchstens ${A(t)} können gefragt werden. Kürzen Sie sie: Es wurde nichts abgeschnitten.`,lengthOf:(e,t)=>`${A(e)} von ${A(t)}`,takenAs:`Zusammen mit den vorigen Fragen verstanden als:`,askAlone:`Wörtlich so fragen`,copyLink:`Link zu dieser Frage kopieren`,linkCopied:`Der Link ist kopiert.`,differInNumber:(e,t)=>`Zwei Dokumente widersprechen sich: Die Zitate ${e} und ${t} sagen dasselbe mit anderer Zahl.`,differInNegation:(e,t)=>`Zwei Dokumente widersprechen sich: Eines der Zitate ${e} und ${t} verneint, was das andere sagt.`,others:`Was sonst gefunden wurde`,exactText:`Genauer Text`,exactTextOf:e=>`Genauer Text von Zitat ${e}`,whichWrong:`Welche Zitate sind falsch?`,quoteNumber:e=>`Zitat ${e}`,whereRight:`Kennen Sie die richtige Stelle? Öffnen Sie ein Dokument, markieren Sie die Stelle und wählen Sie „Das ist die richtige Stelle“.`,thisIsRight:`Das ist die richtige Stelle`,selectRight:`Markieren Sie die richtige Stelle im Text.`,rightKept:`Die richtige Stelle ist gespeichert:`,documentsHere:e=>`${j(e,`Dokument`,`Dokumente`)} zum Befragen.`,latest:`Zuletzt:`,tryAsking:`Fragen, die diese Dokumente beantworten`,places:{line:`Zeile`,lines:`Zeilen`,page:`Seite`,pages:`Seiten`,slide:`Folie`,slides:`Folien`,sheet:`Blatt`,section:`Abschnitt`,paragraph:`Absatz`,message:`Nachricht`,messages:`Nachrichten`,cell:`Zelle`,cells:`Zellen`}},M=Jt(`en`),N=qt(`en`),Xt={number:M,slogan:`Answers in the documents’ own words`,skip:`Skip to the question`,askDocuments:`Ask the documents`,keyAsked:`This service asks for an API key. It is kept until you close this tab.`,keyMissing:`This needs a key that is in force.`,useKey:`Use key`,unreachable:e=>`The service at ${e} does not answer. Check your connection, and that the service runs; then ask again.`,unreachableFrom:(e,t)=>`The service at ${e} does not answer this page. Check your connection and that the service runs; it must also allow pages of ${t}, by a browser key with that origin.`,cutOff:`The connection was lost before the answer was complete.`,status:e=>`The service answered with status ${e}.`,tryAgainIn:e=>`Try again in ${N(e,`second`,`seconds`)}.`,tryAgain:`Try again`,newConversation:`New conversation`,conversation:`Conversation`,newConversationBegun:`New conversation.`,placeholder:`Ask a question`,question:`Question`,ask:`Ask`,stop:`Stop`,promise:`Every answer is an exact quote. No text is generated.`,introduction:`Ask a question. You get the sentences that answer it, and where they stand.`,suggestedQuestions:`Suggested questions`,searching:`Searching…`,reading:e=>`Reading ${N(e,`passage`,`passages`)}…`,stopped:`Stopped.`,askAgain:`Ask again`,confidence:{high:`Very likely an answer`,fair:`Likely an answer`,low:`Possibly an answer`,least:`Perhaps an answer: read it in its place`},sure:e=>`${e}% sure of the first quote`,silent:`The documents do not say.`,comeClosest:`These passages come closest:`,quotesFound:e=>N(e,`quote`,`quotes`),closePassages:e=>N(e,`close passage`,`close passages`),quotes:`Quotes`,closest:`Closest passages`,copied:`Copied`,copiedQuote:e=>`Copied quote ${e}`,copyNumbered:e=>`Copy quote ${e} and its reference`,copyQuote:`Copy quote and reference`,copySelection:`Copy selection and reference`,copiedWithReference:`Copied with its reference.`,cannotCopy:`This browser does not let the page copy.`,wasHelpful:`Was this helpful?`,helpful:`Helpful`,notHelpful:`Not helpful`,thanks:`Thank you.`,feedbackRefused:`Feedback on this answer is not taken.`,documents:`Documents`,collection:`Collection`,filterDocuments:`Filter documents`,filterHint:`Filter by title or path`,showMore:`Show more`,noDocuments:`There are no documents here.`,noDocumentsYet:`There are no documents here yet. Add some and wait until they are read; then ask.`,matches:e=>`${N(e,`document`,`documents`)} match.`,matchesOfFirst:(e,t)=>`${N(e,`document`,`documents`)} of the first ${M(t)} match.`,uploads:`Documents being added`,addDocuments:`Add documents`,addFolder:`Add a folder`,dropHere:`Drop documents here to begin`,dropNow:`Drop to add`,dropKinds:`PDF, Word, PowerPoint, Excel, HTML, Markdown, e-mail, text and more.`,uploadsGoing:(e,t)=>`${M(e)} of ${M(t)} done…`,uploadsDone:(e,t)=>`${N(e,`document`,`documents`)} added${t?`, ${M(t)} not`:``}.`,uploadStates:{waiting:`waiting`,sending:`sending`,indexing:`being read`,added:`added`},uploadOf:e=>`Progress of ${e}`,uploadCut:`The connection was lost before the file had arrived. Nothing was changed; try again.`,unreadableFile:`This browser cannot read the file: it was moved, deleted or is protected.`,tooLarge:(e,t)=>`The file has ${M(Math.ceil(e/1e6))} MB; at most ${M(Math.floor(t/1e6))} MB can be added. Split it.`,nameTaken:`There is a document of this name already.`,replace:`Replace`,leaveOut:`Leave out`,tryAllAgain:`Try all again`,andMore:e=>`and ${M(e)} more`,askOnly:`Ask only this document`,askAll:`Ask all documents`,tickToAskOnly:`Tick documents to ask only those.`,embed:`Put this chat on another page`,embedKey:"In a terminal on the machine of the service, with the same --index as `quotewise serve` if it has one, make a key that this page’s readers may use; from then on every request needs a key:",embedPage:`Paste this into the page, with the key in place of KEY:`,copyCode:`Copy`,onlyIn:`Only in`,onlyInMany:e=>`Only in ${N(e,`document`,`documents`)}`,searchPassages:`Search the passages`,search:`Search`,limits:`Limit the search`,folder:`Folder`,kind:`Kind`,any:`any`,indexedFrom:`Indexed from`,indexedTo:`Indexed to`,field:`Field of the metadata`,valueOfField:`Its value`,passagesFound:e=>`${N(e,`passage`,`passages`)}, closest first.`,askSeveral:`Ask several collections`,askOne:`Ask one collection`,inCollections:e=>`In the collections ${e}`,renameCollection:`Rename the collection`,removeCollection:`Delete the collection`,collectionRemoved:e=>`The collection ${e} and its documents are deleted.`,newPath:`New path of the document`,pathTaken:`There is a document at this path already, or this one has changed. Nothing was renamed.`,newCollection:`New collection`,collectionName:`Name of letters, digits, - and _`,source:`Source`,noDocument:`No document`,unknownDocument:`This document is not in the index, or no longer.`,changedSinceLink:`This document has changed since the link was made, and the quote may no longer stand there. Nothing is marked.`,changedSinceQuote:`This document has changed since it was quoted, and the quote no longer stands there. Nothing is marked.`,noRange:e=>`The address names no possible range, but this document has ${N(e,`character`,`characters`)}. Nothing is marked.`,outOfRange:(e,t,n)=>`The address names characters ${M(e)} to ${M(t)}, but this document has ${N(n,`character`,`characters`)}. Nothing is marked.`,textOfDocument:`Text of the document`,loadingDocument:`Loading the document…`,view:`View`,page:`Page`,text:`Text`,plainText:`Plain text`,previousQuote:`Previous quote`,nextQuote:`Next quote`,nOf:(e,t)=>`${M(e)} of ${M(t)}`,ofPages:e=>`of ${M(e)}`,openAlone:`Open at its own address`,closeSource:`Close the source`,close:`Close`,moreAbove:`More above`,moreBelow:`More below`,table:`Table`,pages:`Pages`,previousPage:`Previous page`,nextPage:`Next page`,pictureOfPage:`Picture of the page`,loadingPage:e=>`Loading page ${M(e)}…`,pageFails:e=>`Page ${M(e)} cannot be shown:`,damagedPicture:e=>`The picture of page ${M(e)} came damaged or empty.`,pageOf:(e,t)=>`Page ${M(e)} of ${M(t)}`,pageOfDocument:(e,t)=>`Page ${M(e)} of ${t}`,markedPage:(e,t)=>`Page ${M(e)} of ${t}, with the quote marked`,conversations:`Conversations`,conversationsHint:`Conversations: find, save as a file, print`,questionsAsked:e=>N(e,`question`,`questions`),searchConversations:`Search conversations`,noConversations:`No conversation is kept in this browser.`,noConversationMatches:`No conversation matches.`,newerConversations:e=>`${N(e,`conversation`,`conversations`)} of a newer version of this page cannot be shown here.`,rename:`Rename`,nameOfConversation:`Name of the conversation`,save:`Save`,remove:`Delete`,removed:`Deleted.`,undo:`Undo`,exportMarkdown:`Save as Markdown`,exportJson:`Save as JSON`,print:`Print`,notKept:`The browser’s storage is full or refused: this conversation is not kept. Save it as a file, or delete older ones.`,removedElsewhere:`This conversation was deleted in another tab. It is kept again with your next question.`,nOfConversation:(e,t)=>`${e}: ${t}`,tooLong:(e,t)=>`The question has ${N(e,`character`,`characters`)}; at most ${M(t)} can be asked. Shorten it: nothing was cut.`,lengthOf:(e,t)=>`${M(e)} of ${M(t)}`,takenAs:`Taken with the questions before as:`,askAlone:`Ask it as it stands`,copyLink:`Copy the link to this question`,linkCopied:`The link is copied.`,differInNumber:(e,t)=>`Two documents differ: quotes ${e} and ${t} say the same with another figure.`,differInNegation:(e,t)=>`Two documents differ: one of quotes ${e} and ${t} denies what the other says.`,others:`What else was found`,exactText:`Exact text`,exactTextOf:e=>`Exact text of quote ${e}`,whichWrong:`Which quotes are wrong?`,quoteNumber:e=>`Quote ${e}`,whereRight:`Do you know the right passage? Open the quote’s document or another one, select the passage and choose “This is the right passage”.`,thisIsRight:`This is the right passage`,selectRight:`Select the right passage in the text.`,rightKept:`The right passage is kept:`,documentsHere:e=>`${N(e,`document`,`documents`)} to ask.`,latest:`Latest:`,tryAsking:`Questions that these documents answer`,places:{line:`line`,lines:`lines`,page:`page`,pages:`pages`,slide:`slide`,slides:`slides`,sheet:`sheet`,section:`section`,paragraph:`paragraph`,message:`message`,messages:`messages`,cell:`cell`,cells:`cells`}},P=Jt(`es`),F=qt(`es`),Zt={number:P,slogan:`Respuestas con las palabras de los documentos`,skip:`Ir a la pregunta`,askDocuments:`Preguntar a los documentos`,keyAsked:`Este servicio pide una clave de API. Se conserva hasta que cierre esta pestaña.`,keyMissing:`Esto necesita una clave en vigor.`,useKey:`Usar la clave`,unreachable:e=>`El servicio en ${e} no responde. Compruebe su conexión y que el servicio esté en marcha, y vuelva a preguntar.`,unreachableFrom:(e,t)=>`El servicio en ${e} no responde a esta página. Compruebe su conexión y que el servicio esté en marcha; también debe permitir páginas de ${t}, con una clave de navegador de ese origen.`,cutOff:`La conexión se perdió antes de que la respuesta estuviera completa.`,status:e=>`El servicio respondió con el estado ${e}.`,tryAgainIn:e=>`Vuelva a intentarlo en ${F(e,`segundo`,`segundos`)}.`,tryAgain:`Reintentar`,newConversation:`Nueva conversación`,conversation:`Conversación`,newConversationBegun:`Nueva conversación.`,placeholder:`Haga una pregunta`,question:`Pregunta`,ask:`Preguntar`,stop:`Detener`,promise:`Cada respuesta es una cita exacta. No se genera ningún texto.`,introduction:`Haga una pregunta. Recibirá las frases que la responden y el lugar donde están.`,suggestedQuestions:`Preguntas sugeridas`,searching:`Buscando…`,reading:e=>`Leyendo ${F(e,`pasaje`,`pasajes`)}…`,stopped:`Detenido.`,askAgain:`Preguntar otra vez`,confidence:{high:`Muy probablemente una respuesta`,fair:`Probablemente una respuesta`,low:`Posiblemente una respuesta`,least:`Quizá una respuesta: léala en su lugar`},sure:e=>`primera cita segura al ${e} %`,silent:`Los documentos no lo dicen.`,comeClosest:`Estos pasajes son los más cercanos:`,quotesFound:e=>F(e,`cita`,`citas`),closePassages:e=>F(e,`pasaje cercano`,`pasajes cercanos`),quotes:`Citas`,closest:`Pasajes más cercanos`,copied:`Copiado`,copiedQuote:e=>`Cita ${e} copiada`,copyNumbered:e=>`Copiar la cita ${e} y su referencia`,copyQuote:`Copiar la cita y la referencia`,copySelection:`Copiar la selección y la referencia`,copiedWithReference:`Copiado con su referencia.`,cannotCopy:`Este navegador no permite que la página copie.`,wasHelpful:`¿Le ha servido?`,helpful:`Útil`,notHelpful:`No útil`,thanks:`Gracias.`,feedbackRefused:`No se aceptan opiniones sobre esta respuesta.`,documents:`Documentos`,collection:`Colección`,filterDocuments:`Filtrar documentos`,filterHint:`Filtrar por título o ruta`,showMore:`Mostrar más`,noDocuments:`Aquí no hay documentos.`,noDocumentsYet:`Aquí aún no hay documentos. Añada alguno y espere a que se lea; después pregunte.`,matches:e=>`${F(e,`documento coincide`,`documentos coinciden`)}.`,matchesOfFirst:(e,t)=>`${F(e,`documento`,`documentos`)} entre los primeros ${P(t)}.`,uploads:`Documentos que se añaden`,addDocuments:`Añadir documentos`,addFolder:`Añadir una carpeta`,dropHere:`Suelte documentos aquí para empezar`,dropNow:`Suelte para añadir`,dropKinds:`PDF, Word, PowerPoint, Excel, HTML, Markdown, correo, texto y más.`,uploadsGoing:(e,t)=>`${P(e)} de ${P(t)} listos…`,uploadsDone:(e,t)=>`${F(e,`documento añadido`,`documentos añadidos`)}${t?`, ${P(t)} no`:``}.`,uploadStates:{waiting:`en espera`,sending:`enviando`,indexing:`leyendo`,added:`añadido`},uploadOf:e=>`Progreso de ${e}`,uploadCut:`La conexión se perdió antes de que llegara el archivo. No se cambió nada; inténtelo de nuevo.`,unreadableFile:`El navegador no puede leer el archivo: fue movido, eliminado o está protegido.`,tooLarge:(e,t)=>`El archivo tiene ${P(Math.ceil(e/1e6))} MB; se aceptan como máximo ${P(Math.floor(t/1e6))} MB. Divídalo.`,nameTaken:`Ya hay un documento con este nombre.`,replace:`Reemplazar`,leaveOut:`Omitir`,tryAllAgain:`Reintentar todos`,andMore:e=>`y ${P(e)} más`,askOnly:`Preguntar solo a este documento`,askAll:`Preguntar a todos los documentos`,tickToAskOnly:`Marque documentos para preguntar solo a esos.`,embed:`Poner este chat en otra página`,embedKey:"En un terminal de la máquina del servicio, con el mismo --index que `quotewise serve` si lo tiene, cree una clave para los lectores de esa página; desde entonces toda petición necesita una clave:",embedPage:`Pegue esto en la página, con la clave en lugar de KEY:`,copyCode:`Copiar`,onlyIn:`Solo en`,onlyInMany:e=>`Solo en ${F(e,`documento`,`documentos`)}`,searchPassages:`Buscar pasajes`,search:`Buscar`,limits:`Limitar la búsqueda`,folder:`Carpeta`,kind:`Tipo`,any:`todos`,indexedFrom:`Indexado desde`,indexedTo:`Indexado hasta`,field:`Campo de los metadatos`,valueOfField:`Su valor`,passagesFound:e=>`${F(e,`pasaje`,`pasajes`)}, el más cercano primero.`,askSeveral:`Preguntar a varias colecciones`,askOne:`Preguntar a una sola colección`,inCollections:e=>`En las colecciones ${e}`,renameCollection:`Cambiar el nombre de la colección`,removeCollection:`Eliminar la colección`,collectionRemoved:e=>`La colección ${e} y sus documentos se eliminan.`,newPath:`Nueva ruta del documento`,pathTaken:`Ya hay un documento en esta ruta, o este ha cambiado. No se cambió ningún nombre.`,newCollection:`Nueva colección`,collectionName:`Nombre con letras, cifras, - y _`,source:`Fuente`,noDocument:`Ningún documento`,unknownDocument:`Este documento no está en el índice, o ya no.`,changedSinceLink:`Este documento ha cambiado desde que se hizo el enlace, y la cita quizá ya no esté ahí. No se marca nada.`,changedSinceQuote:`Este documento ha cambiado desde que se citó, y la cita ya no está ahí. No se marca nada.`,noRange:e=>`La dirección no indica un intervalo posible; el documento tiene ${F(e,`carácter`,`caracteres`)}. No se marca nada.`,outOfRange:(e,t,n)=>`La dirección indica los caracteres ${P(e)} a ${P(t)}, pero el documento tiene ${F(n,`carácter`,`caracteres`)}. No se marca nada.`,textOfDocument:`Texto del documento`,loadingDocument:`Cargando el documento…`,view:`Vista`,page:`Página`,text:`Texto`,plainText:`Texto sin formato`,previousQuote:`Cita anterior`,nextQuote:`Cita siguiente`,nOf:(e,t)=>`${P(e)} de ${P(t)}`,ofPages:e=>`de ${P(e)}`,openAlone:`Abrir en su propia dirección`,closeSource:`Cerrar la fuente`,close:`Cerrar`,moreAbove:`Más arriba`,moreBelow:`Más abajo`,table:`Tabla`,pages:`Páginas`,previousPage:`Página anterior`,nextPage:`Página siguiente`,pictureOfPage:`Imagen de la página`,loadingPage:e=>`Cargando la página ${P(e)}…`,pageFails:e=>`No se puede mostrar la página ${P(e)}:`,damagedPicture:e=>`La imagen de la página ${P(e)} llegó dañada o vacía.`,pageOf:(e,t)=>`Página ${P(e)} de ${P(t)}`,pageOfDocument:(e,t)=>`Página ${P(e)} de ${t}`,markedPage:(e,t)=>`Página ${P(e)} de ${t}, con la cita marcada`,conversations:`Conversaciones`,conversationsHint:`Conversaciones: buscar, guardar como archivo, imprimir`,questionsAsked:e=>F(e,`pregunta`,`preguntas`),searchConversations:`Buscar conversaciones`,noConversations:`No hay conversaciones guardadas en este navegador.`,noConversationMatches:`Ninguna conversación coincide.`,newerConversations:e=>`${F(e,`conversación`,`conversaciones`)} de una versión más nueva de esta página no se pueden mostrar aquí.`,rename:`Cambiar el nombre`,nameOfConversation:`Nombre de la conversación`,save:`Guardar`,remove:`Eliminar`,removed:`Eliminada.`,undo:`Deshacer`,exportMarkdown:`Guardar como Markdown`,exportJson:`Guardar como JSON`,print:`Imprimir`,notKept:`El almacenamiento del navegador está lleno o bloqueado: esta conversación no se guarda. Guárdela en un archivo o elimine otras más antiguas.`,removedElsewhere:`Esta conversación se eliminó en otra pestaña. Se guardará de nuevo con su próxima pregunta.`,nOfConversation:(e,t)=>`${e}: ${t}`,tooLong:(e,t)=>`La pregunta tiene ${F(e,`carácter`,`caracteres`)}; se admiten ${P(t)} como máximo. Acórtela: no se ha cortado nada.`,lengthOf:(e,t)=>`${P(e)} de ${P(t)}`,takenAs:`Entendida con las preguntas anteriores como:`,askAlone:`Preguntarla tal cual`,copyLink:`Copiar el enlace a esta pregunta`,linkCopied:`El enlace está copiado.`,differInNumber:(e,t)=>`Dos documentos difieren: las citas ${e} y ${t} dicen lo mismo con otra cifra.`,differInNegation:(e,t)=>`Dos documentos difieren: una de las citas ${e} y ${t} niega lo que dice la otra.`,others:`Qué más se encontró`,exactText:`Texto exacto`,exactTextOf:e=>`Texto exacto de la cita ${e}`,whichWrong:`¿Qué citas son erróneas?`,quoteNumber:e=>`Cita ${e}`,whereRight:`¿Conoce el pasaje correcto? Abra un documento, seleccione el pasaje y elija «Este es el pasaje correcto».`,thisIsRight:`Este es el pasaje correcto`,selectRight:`Seleccione el pasaje correcto en el texto.`,rightKept:`El pasaje correcto está guardado:`,documentsHere:e=>`${F(e,`documento`,`documentos`)} para preguntar.`,latest:`Últimos:`,tryAsking:`Preguntas que estos documentos responden`,places:{line:`línea`,lines:`líneas`,page:`página`,pages:`páginas`,slide:`diapositiva`,slides:`diapositivas`,sheet:`hoja`,section:`sección`,paragraph:`párrafo`,message:`mensaje`,messages:`mensajes`,cell:`celda`,cells:`celdas`}},I=Jt(`fr`),L=qt(`fr`),Qt={number:I,slogan:`Des réponses dans les mots mêmes des documents`,skip:`Aller à la question`,askDocuments:`Interroger les documents`,keyAsked:`Ce service demande une clé d’API. Elle est gardée jusqu’à la fermeture de cet onglet.`,keyMissing:`Ceci exige une clé en vigueur.`,useKey:`Utiliser la clé`,unreachable:e=>`Le service à l’adresse ${e} ne répond pas. Vérifiez votre connexion et que le service fonctionne, puis reposez la question.`,unreachableFrom:(e,t)=>`Le service à l’adresse ${e} ne répond pas à cette page. Vérifiez votre connexion et que le service fonctionne ; il doit aussi autoriser les pages de ${t}, par une clé de navigateur avec cette origine.`,cutOff:`La connexion a été perdue avant que la réponse soit complète.`,status:e=>`Le service a répondu avec le statut ${e}.`,tryAgainIn:e=>`Réessayez dans ${L(e,`seconde`,`secondes`)}.`,tryAgain:`Réessayer`,newConversation:`Nouvelle conversation`,conversation:`Conversation`,newConversationBegun:`Nouvelle conversation.`,placeholder:`Posez une question`,question:`Question`,ask:`Demander`,stop:`Arrêter`,promise:`Chaque réponse est une citation exacte. Aucun texte n’est généré.`,introduction:`Posez une question. Vous obtenez les phrases qui y répondent et leur emplacement.`,suggestedQuestions:`Questions suggérées`,searching:`Recherche…`,reading:e=>`Lecture de ${L(e,`passage`,`passages`)}…`,stopped:`Arrêté.`,askAgain:`Redemander`,confidence:{high:`Très probablement une réponse`,fair:`Probablement une réponse`,low:`Possiblement une réponse`,least:`Peut-être une réponse : à lire à sa place`},sure:e=>`première citation sûre à ${e} %`,silent:`Les documents ne le disent pas.`,comeClosest:`Ces passages s’en approchent le plus :`,quotesFound:e=>L(e,`citation`,`citations`),closePassages:e=>L(e,`passage proche`,`passages proches`),quotes:`Citations`,closest:`Passages les plus proches`,copied:`Copié`,copiedQuote:e=>`Citation ${e} copiée`,copyNumbered:e=>`Copier la citation ${e} et sa référence`,copyQuote:`Copier la citation et la référence`,copySelection:`Copier la sélection et la référence`,copiedWithReference:`Copié avec la référence.`,cannotCopy:`Ce navigateur ne permet pas à la page de copier.`,wasHelpful:`Cela vous a-t-il aidé ?`,helpful:`Utile`,notHelpful:`Pas utile`,thanks:`Merci.`,feedbackRefused:`Aucun avis n’est accepté sur cette réponse.`,documents:`Documents`,collection:`Collection`,filterDocuments:`Filtrer les documents`,filterHint:`Filtrer par titre ou chemin`,showMore:`Afficher plus`,noDocuments:`Il n’y a pas de documents ici.`,noDocumentsYet:`Il n’y a pas encore de documents ici. Ajoutez-en et attendez qu’ils soient lus ; posez ensuite votre question.`,matches:e=>`${L(e,`document correspond`,`documents correspondent`)}.`,matchesOfFirst:(e,t)=>`${L(e,`document`,`documents`)} parmi les ${I(t)} premiers.`,uploads:`Documents en cours d’ajout`,addDocuments:`Ajouter des documents`,addFolder:`Ajouter un dossier`,dropHere:`Déposez des documents ici pour commencer`,dropNow:`Relâchez pour ajouter`,dropKinds:`PDF, Word, PowerPoint, Excel, HTML, Markdown, courriels, texte et plus.`,uploadsGoing:(e,t)=>`${I(e)} sur ${I(t)} terminés…`,uploadsDone:(e,t)=>`${L(e,`document ajouté`,`documents ajoutés`)}${t?`, ${I(t)} non`:``}.`,uploadStates:{waiting:`en attente`,sending:`envoi`,indexing:`lecture`,added:`ajouté`},uploadOf:e=>`Progression de ${e}`,uploadCut:`La connexion a été perdue avant l’arrivée du fichier. Rien n’a été changé ; réessayez.`,unreadableFile:`Le navigateur ne peut pas lire le fichier : il a été déplacé, supprimé ou est protégé.`,tooLarge:(e,t)=>`Le fichier fait ${I(Math.ceil(e/1e6))} Mo ; au plus ${I(Math.floor(t/1e6))} Mo sont acceptés. Divisez-le.`,nameTaken:`Un document de ce nom existe déjà.`,replace:`Remplacer`,leaveOut:`Laisser de côté`,tryAllAgain:`Tout réessayer`,andMore:e=>`et ${I(e)} autres`,askOnly:`N’interroger que ce document`,askAll:`Interroger tous les documents`,tickToAskOnly:`Cochez des documents pour n’interroger que ceux-là.`,embed:`Placer ce dialogue sur une autre page`,embedKey:"Dans un terminal sur la machine du service, avec le même --index que `quotewise serve` s’il en a un, créez une clé pour les lecteurs de cette page ; dès lors, chaque requête exige une clé :",embedPage:`Collez ceci dans la page, avec la clé à la place de KEY :`,copyCode:`Copier`,onlyIn:`Seulement dans`,onlyInMany:e=>`Seulement dans ${L(e,`document`,`documents`)}`,searchPassages:`Chercher des passages`,search:`Chercher`,limits:`Limiter la recherche`,folder:`Dossier`,kind:`Type`,any:`tous`,indexedFrom:`Indexé depuis le`,indexedTo:`Indexé jusqu’au`,field:`Champ des métadonnées`,valueOfField:`Sa valeur`,passagesFound:e=>`${L(e,`passage`,`passages`)}, le plus proche d’abord.`,askSeveral:`Interroger plusieurs collections`,askOne:`Interroger une seule collection`,inCollections:e=>`Dans les collections ${e}`,renameCollection:`Renommer la collection`,removeCollection:`Supprimer la collection`,collectionRemoved:e=>`La collection ${e} et ses documents sont supprimés.`,newPath:`Nouveau chemin du document`,pathTaken:`Un document existe déjà à ce chemin, ou celui-ci a changé. Rien n’a été renommé.`,newCollection:`Nouvelle collection`,collectionName:`Nom en lettres, chiffres, - et _`,source:`Source`,noDocument:`Aucun document`,unknownDocument:`Ce document n’est pas, ou plus, dans l’index.`,changedSinceLink:`Ce document a changé depuis la création du lien, et la citation n’y est peut-être plus. Rien n’est marqué.`,changedSinceQuote:`Ce document a changé depuis qu’il a été cité, et la citation n’y est plus. Rien n’est marqué.`,noRange:e=>`L’adresse n’indique aucun intervalle possible ; le document a ${L(e,`caractère`,`caractères`)}. Rien n’est marqué.`,outOfRange:(e,t,n)=>`L’adresse indique les caractères ${I(e)} à ${I(t)}, mais le document a ${L(n,`caractère`,`caractères`)}. Rien n’est marqué.`,textOfDocument:`Texte du document`,loadingDocument:`Chargement du document…`,view:`Affichage`,page:`Page`,text:`Texte`,plainText:`Texte brut`,previousQuote:`Citation précédente`,nextQuote:`Citation suivante`,nOf:(e,t)=>`${I(e)} sur ${I(t)}`,ofPages:e=>`sur ${I(e)}`,openAlone:`Ouvrir à sa propre adresse`,closeSource:`Fermer la source`,close:`Fermer`,moreAbove:`Plus haut`,moreBelow:`Plus bas`,table:`Tableau`,pages:`Pages`,previousPage:`Page précédente`,nextPage:`Page suivante`,pictureOfPage:`Image de la page`,loadingPage:e=>`Chargement de la page ${I(e)}…`,pageFails:e=>`La page ${I(e)} ne peut pas être affichée :`,damagedPicture:e=>`L’image de la page ${I(e)} est arrivée endommagée ou vide.`,pageOf:(e,t)=>`Page ${I(e)} sur ${I(t)}`,pageOfDocument:(e,t)=>`Page ${I(e)} de ${t}`,markedPage:(e,t)=>`Page ${I(e)} de ${t}, la citation est marquée`,conversations:`Conversations`,conversationsHint:`Conversations : retrouver, enregistrer, imprimer`,questionsAsked:e=>L(e,`question`,`questions`),searchConversations:`Rechercher dans les conversations`,noConversations:`Aucune conversation n’est gardée dans ce navigateur.`,noConversationMatches:`Aucune conversation ne correspond.`,newerConversations:e=>`${L(e,`conversation`,`conversations`)} d’une version plus récente de cette page ne peuvent pas être affichées ici.`,rename:`Renommer`,nameOfConversation:`Nom de la conversation`,save:`Enregistrer`,remove:`Supprimer`,removed:`Supprimée.`,undo:`Annuler`,exportMarkdown:`Enregistrer en Markdown`,exportJson:`Enregistrer en JSON`,print:`Imprimer`,notKept:`Le stockage du navigateur est plein ou refusé : cette conversation n’est pas gardée. Enregistrez-la dans un fichier ou supprimez-en de plus anciennes.`,removedElsewhere:`Cette conversation a été supprimée dans un autre onglet. Elle sera gardée de nouveau avec votre prochaine question.`,nOfConversation:(e,t)=>`${e} : ${t}`,tooLong:(e,t)=>`La question a ${L(e,`caractère`,`caractères`)} ; ${I(t)} au plus sont possibles. Raccourcissez-la : rien n’a été coupé.`,lengthOf:(e,t)=>`${I(e)} sur ${I(t)}`,takenAs:`Comprise avec les questions précédentes comme :`,askAlone:`La poser telle quelle`,copyLink:`Copier le lien vers cette question`,linkCopied:`Le lien est copié.`,differInNumber:(e,t)=>`Deux documents diffèrent : les citations ${e} et ${t} disent la même chose avec un autre chiffre.`,differInNegation:(e,t)=>`Deux documents diffèrent : l’une des citations ${e} et ${t} nie ce que dit l’autre.`,others:`Ce qui a été trouvé d’autre`,exactText:`Texte exact`,exactTextOf:e=>`Texte exact de la citation ${e}`,whichWrong:`Quelles citations sont fausses ?`,quoteNumber:e=>`Citation ${e}`,whereRight:`Connaissez-vous le bon passage ? Ouvrez un document, sélectionnez le passage et choisissez « C’est le bon passage ».`,thisIsRight:`C’est le bon passage`,selectRight:`Sélectionnez le bon passage dans le texte.`,rightKept:`Le bon passage est enregistré :`,documentsHere:e=>`${L(e,`document`,`documents`)} à interroger.`,latest:`Derniers :`,tryAsking:`Questions auxquelles ces documents répondent`,places:{line:`ligne`,lines:`lignes`,page:`page`,pages:`pages`,slide:`diapositive`,slides:`diapositives`,sheet:`feuille`,section:`section`,paragraph:`paragraphe`,message:`message`,messages:`messages`,cell:`cellule`,cells:`cellules`}},R=Jt(`zh`),$t={en:Xt,de:Yt,fr:Qt,es:Zt,zh:{number:R,slogan:`用文档原文回答`,skip:`跳到提问处`,askDocuments:`向文档提问`,keyAsked:`此服务需要 API 密钥。密钥会保留到您关闭此标签页为止。`,keyMissing:`此操作需要有效的密钥。`,useKey:`使用密钥`,unreachable:e=>`${e} 的服务没有响应。请检查网络连接，并确认服务正在运行，然后重新提问。`,unreachableFrom:(e,t)=>`${e} 的服务没有响应此页面。请检查网络连接，并确认服务正在运行；它还须通过带有该来源的浏览器密钥允许 ${t} 的页面。`,cutOff:`回答尚未完整，连接已中断。`,status:e=>`服务返回状态 ${e}。`,tryAgainIn:e=>`请在 ${R(e)} 秒后重试。`,tryAgain:`重试`,newConversation:`新对话`,conversation:`对话`,newConversationBegun:`新对话。`,placeholder:`提出问题`,question:`问题`,ask:`提问`,stop:`停止`,promise:`每个回答都是原文引文，不生成任何文字。`,introduction:`提出问题，您会得到回答它的句子及其出处。`,suggestedQuestions:`建议的问题`,searching:`正在搜索…`,reading:e=>`正在阅读 ${R(e)} 个段落…`,stopped:`已停止。`,askAgain:`再次提问`,confidence:{high:`很可能是答案`,fair:`大概是答案`,low:`可能是答案`,least:`也许是答案：请到原处阅读`},sure:e=>`第一条引文的把握为 ${e}%`,silent:`文档中没有说明。`,comeClosest:`最接近的段落：`,quotesFound:e=>`${R(e)} 条引文`,closePassages:e=>`${R(e)} 个接近的段落`,quotes:`引文`,closest:`最接近的段落`,copied:`已复制`,copiedQuote:e=>`已复制引文 ${e}`,copyNumbered:e=>`复制引文 ${e} 及其出处`,copyQuote:`复制引文及出处`,copySelection:`复制所选内容及出处`,copiedWithReference:`已连同出处复制。`,cannotCopy:`此浏览器不允许页面复制。`,wasHelpful:`有帮助吗？`,helpful:`有帮助`,notHelpful:`没有帮助`,thanks:`谢谢。`,feedbackRefused:`不接受对此回答的反馈。`,documents:`文档`,collection:`文档集`,filterDocuments:`筛选文档`,filterHint:`按标题或路径筛选`,showMore:`显示更多`,noDocuments:`这里没有文档。`,noDocumentsYet:`这里还没有文档。请先添加文档，等文档读取完毕后再提问。`,matches:e=>`${R(e)} 个文档符合。`,matchesOfFirst:(e,t)=>`前 ${R(t)} 个文档中有 ${R(e)} 个符合。`,uploads:`正在添加的文档`,addDocuments:`添加文档`,addFolder:`添加文件夹`,dropHere:`将文档拖到此处即可开始`,dropNow:`松开即可添加`,dropKinds:`PDF、Word、PowerPoint、Excel、HTML、Markdown、电子邮件、文本等。`,uploadsGoing:(e,t)=>`已完成 ${R(e)}/${R(t)}…`,uploadsDone:(e,t)=>`已添加 ${R(e)} 个文档${t?`，${R(t)} 个未添加`:``}。`,uploadStates:{waiting:`等待中`,sending:`发送中`,indexing:`读取中`,added:`已添加`},uploadOf:e=>`${e} 的进度`,uploadCut:`文件送达之前连接已断开。没有任何更改；请重试。`,unreadableFile:`浏览器无法读取该文件：它已被移动、删除或受保护。`,tooLarge:(e,t)=>`文件有 ${R(Math.ceil(e/1e6))} MB；最多可添加 ${R(Math.floor(t/1e6))} MB。请拆分文件。`,nameTaken:`已有同名文档。`,replace:`替换`,leaveOut:`略过`,tryAllAgain:`全部重试`,andMore:e=>`另有 ${R(e)} 个`,askOnly:`仅询问此文档`,askAll:`询问所有文档`,tickToAskOnly:`勾选文档，即可只在其中提问。`,embed:`将此对话嵌入其他网页`,embedKey:"在运行服务的计算机的终端中（如果 `quotewise serve` 使用了 --index，请使用相同的 --index），为该网页的读者创建一个密钥；此后每个请求都需要密钥：",embedPage:`将以下内容粘贴到网页中，并用密钥替换 KEY：`,copyCode:`复制`,onlyIn:`仅限`,onlyInMany:e=>`仅限 ${R(e)} 个文档`,searchPassages:`搜索段落`,search:`搜索`,limits:`限定搜索范围`,folder:`文件夹`,kind:`类型`,any:`全部`,indexedFrom:`索引日期起`,indexedTo:`索引日期止`,field:`元数据字段`,valueOfField:`字段值`,passagesFound:e=>`${R(e)} 个段落，最接近的在前。`,askSeveral:`同时询问多个集合`,askOne:`只询问一个集合`,inCollections:e=>`在集合 ${e} 中`,renameCollection:`重命名集合`,removeCollection:`删除集合`,collectionRemoved:e=>`集合 ${e} 及其文档将被删除。`,newPath:`文档的新路径`,pathTaken:`此路径已有文档，或该文档已更改。没有重命名任何内容。`,newCollection:`新建文集`,collectionName:`由字母、数字、- 和 _ 组成的名称`,source:`来源`,noDocument:`没有文档`,unknownDocument:`索引中没有此文档，或已被移除。`,changedSinceLink:`此文档在链接建立之后已更改，引文可能不在原处。未作标记。`,changedSinceQuote:`此文档在被引用之后已更改，引文不在原处。未作标记。`,noRange:e=>`地址没有给出可用的范围；此文档有 ${R(e)} 个字符。未作标记。`,outOfRange:(e,t,n)=>`地址给出字符 ${R(e)} 至 ${R(t)}，但此文档有 ${R(n)} 个字符。未作标记。`,textOfDocument:`文档正文`,loadingDocument:`正在加载文档…`,view:`视图`,page:`页面`,text:`文字`,plainText:`纯文本`,previousQuote:`上一条引文`,nextQuote:`下一条引文`,nOf:(e,t)=>`第 ${R(e)} 条，共 ${R(t)} 条`,ofPages:e=>`/ ${R(e)}`,openAlone:`在独立地址打开`,closeSource:`关闭来源`,close:`关闭`,moreAbove:`上文`,moreBelow:`下文`,table:`表格`,pages:`页面`,previousPage:`上一页`,nextPage:`下一页`,pictureOfPage:`页面图像`,loadingPage:e=>`正在加载第 ${R(e)} 页…`,pageFails:e=>`无法显示第 ${R(e)} 页：`,damagedPicture:e=>`第 ${R(e)} 页的图像已损坏或为空。`,pageOf:(e,t)=>`第 ${R(e)} 页，共 ${R(t)} 页`,pageOfDocument:(e,t)=>`${t} 第 ${R(e)} 页`,markedPage:(e,t)=>`${t} 第 ${R(e)} 页，已标出引文`,conversations:`对话列表`,conversationsHint:`对话：查找、另存为文件、打印`,questionsAsked:e=>`${R(e)} 个问题`,searchConversations:`搜索对话`,noConversations:`此浏览器中没有保存的对话。`,noConversationMatches:`没有符合的对话。`,newerConversations:e=>`有 ${R(e)} 个对话来自此页面的更新版本，无法在此显示。`,rename:`重命名`,nameOfConversation:`对话名称`,save:`保存`,remove:`删除`,removed:`已删除。`,undo:`撤销`,exportMarkdown:`存为 Markdown`,exportJson:`存为 JSON`,print:`打印`,notKept:`浏览器的存储空间已满或被拒绝：此对话没有保存。请存为文件，或删除较早的对话。`,removedElsewhere:`此对话已在另一个标签页中删除。您下次提问时会重新保存。`,nOfConversation:(e,t)=>`${e}：${t}`,tooLong:(e,t)=>`问题有 ${R(e)} 个字符，最多 ${R(t)} 个。请缩短；没有截断任何内容。`,lengthOf:(e,t)=>`${R(e)} / ${R(t)}`,takenAs:`结合之前的问题理解为：`,askAlone:`按原样提问`,copyLink:`复制此问题的链接`,linkCopied:`链接已复制。`,differInNumber:(e,t)=>`两份文档不一致：引文 ${e} 和引文 ${t} 说法相同，但数字不同。`,differInNegation:(e,t)=>`两份文档不一致：引文 ${e} 和引文 ${t} 中的一条否定了另一条。`,others:`还找到了什么`,exactText:`原文`,exactTextOf:e=>`引文 ${e} 的原文`,whichWrong:`哪些引文是错的？`,quoteNumber:e=>`引文 ${e}`,whereRight:`您知道正确的段落吗？打开文档，选中段落，然后选择“这是正确的段落”。`,thisIsRight:`这是正确的段落`,selectRight:`请在文本中选中正确的段落。`,rightKept:`已记录正确的段落：`,documentsHere:e=>`可向 ${R(e)} 个文档提问。`,latest:`最新：`,tryAsking:`这些文档能回答的问题`,places:{line:`行`,lines:`行`,page:`页`,pages:`页`,slide:`幻灯片`,slides:`幻灯片`,sheet:`工作表`,section:`章节`,paragraph:`段落`,message:`消息`,messages:`消息`,cell:`单元格`,cells:`单元格`}}},en=e=>e.toLowerCase().split(/[-_]/)[0],tn=e=>e.map(en).find(e=>Object.hasOwn($t,e))??`en`,nn=e=>$t[tn([e])];function rn(e){let t=tn(navigator.languages);document.documentElement.lang=t;for(let n of e.querySelectorAll(`[data-text]`)){let e=nn(t)[n.dataset.text];typeof e==`string`&&(n.textContent=e)}}function z(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var an=document.currentScript,on=new URL(`..`,an?.src||document.baseURI).href,sn=`quotewise-key`,B=class extends x{constructor(...e){super(...e),this.endpoint=null,this.apiKey=null,this.collection=null,this.theme=null,this.lang=``,this.keyNeeded=!1,this.keyGiven=()=>{this.keyNeeded&&(this.keyNeeded=!1,this.again())}}get texts(){return nn(this.lang)}get service(){let e=this.address;return new Bt(e,this.apiKey||ln(e),this.texts)}get address(){let e=new URL(this.endpoint||on,document.baseURI);return e.pathname.endsWith(`/`)||(e.pathname+=`/`),e}connectedCallback(){super.connectedCallback(),this.lang||=tn(navigator.languages),window.addEventListener(sn,this.keyGiven)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(sn,this.keyGiven)}again(){}problemOf(e){let t=e instanceof k?e:new k(`cut-off`,this.texts.cutOff);return t.status!==401||this.apiKey?t:(this.askKey(),new k(t.kind,this.texts.keyMissing,t.status))}askKey(){this.keyNeeded||(this.keyNeeded=!0,this.matches(`:focus-within`)&&this.updateComplete.then(()=>this.renderRoot.querySelector(`#key`)?.focus()))}keyForm(){return g`<form class="key" part="key" @submit=${this.giveKey}>
      <label for="key">${this.texts.keyAsked}</label>
      <div>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required />
        <button class="primary">${this.texts.useKey}</button>
      </div>
    </form>`}giveKey(e){e.preventDefault();let t=new FormData(e.target).get(`key`);try{sessionStorage.setItem(cn(this.address),t.trim())}catch{this.apiKey=t.trim()}window.dispatchEvent(new Event(sn))}};z([S()],B.prototype,`endpoint`,void 0),z([S({attribute:`api-key`})],B.prototype,`apiKey`,void 0),z([S()],B.prototype,`collection`,void 0),z([S({reflect:!0})],B.prototype,`theme`,void 0),z([S({reflect:!0})],B.prototype,`lang`,void 0),z([C()],B.prototype,`keyNeeded`,void 0);var cn=e=>`quotewise-key:${e}`;function ln(e){try{return sessionStorage.getItem(cn(e))}catch{return null}}var un=4e3;async function dn(e){try{return await navigator.clipboard.writeText(e),!0}catch{let t=document.createElement(`textarea`);t.value=e,document.body.append(t),t.select();let n=document.execCommand(`copy`);return t.remove(),n}}var fn=new Set([`hidden`,`code`,`strong`,`emphasis`]),pn=/\r\n|\n|\r/g,mn=/(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,8})[\u{e0000}-\u{e007f}]|(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]/gu,hn=`NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US`.split(` `);function gn(e,t){let n=new Map,r=0,i=0;for(let a of[...new Set(t)].sort((e,t)=>e-t)){for(;i<a&&r<e.length;i++)r+=(e.charCodeAt(r)&64512)==55296?2:1;n.set(a,i===a?r:-1)}return t.map(e=>n.get(e))}function _n(e,t){let n=t;for(let r=0;r<t;r++)(e.charCodeAt(r)&64512)==56320&&n--;return n}function vn(e,t,n=0){let r=gn(e,t.flatMap(e=>[e.start-n,e.end-n]));return t.map((e,t)=>({...e,start:r[2*t],end:r[2*t+1]})).filter(e=>e.start>=0&&e.end>e.start)}function yn(e,t=e.length){let n=0;for(let r of e.matchAll(pn)){if(r.index+r[0].length>t)break;n++}return n}function*bn(e,{start:t,end:n}){let r=t;for(let i of e.slice(t,n).matchAll(pn))yield{start:r,end:t+i.index},r=t+i.index+i[0].length;yield{start:r,end:n}}function xn(e,{start:t,end:n},r){let i=r.filter(e=>e.start<n&&e.end>t),a=[...new Set([t,n,...i.flatMap(e=>[Math.max(e.start,t),Math.min(e.end,n)])])].sort((e,t)=>e-t);return a.slice(1).map((t,n)=>{let r=a[n],o=i.filter(e=>e.start<t&&e.end>r).map(e=>e.kind),s=V(e.slice(r,t)),c=o.filter(e=>fn.has(e)),l=[...new Set(o.filter(e=>!fn.has(e)))].join(` `);if(o.includes(`hidden`))return g`<span class="hidden ${l}">${s}</span>`;let u=c.length?g`<span class=${c.join(` `)}>${s}</span>`:s;return l?g`<mark class=${l}>${u}</mark>`:u})}function V(e){let t=[],n=0;for(let{0:r,index:i}of e.matchAll(mn))t.push(e.slice(n,i),g`<bdi class="control" data-name=${Cn(r)}>${r}</bdi>`),n=i+r.length;return[...t,e.slice(n)]}var Sn=e=>e.replace(mn,e=>`[${Cn(e)}]`);function Cn(e){let t=e.codePointAt(0);return hn[t]??`U+${t.toString(16).toUpperCase().padStart(4,`0`)}`}var wn=({only:e=[],also:t=[]},n)=>[...t.length?[n.inCollections(t.join(`, `))]:[],...e.length?[`${n.onlyIn} ${e.join(`, `)}`]:[]],Tn=class extends B{constructor(...e){super(...e),this.only=[],this.also=[]}get scope(){return{...this.only.length&&{only:this.only},...this.also.length&&{also:this.also}}}limit(e){this.only=e,this.dispatchEvent(new CustomEvent(`quotewise-limit`,{detail:e}))}several(e){this.also=e,this.dispatchEvent(new CustomEvent(`quotewise-several`,{detail:e}))}linkedQuestion(){let e=new URL(location.href),t=e.searchParams,[n,r]=[t.get(`q`),t.getAll(`after`)];if(!n?.trim())return null;this.limit(t.getAll(`only`)),this.several(t.getAll(`also`));for(let e of[`q`,`after`,`only`,`also`])t.delete(e);return window.history.replaceState(null,``,e),{question:n,after:r}}limits(){let{only:e,also:t,texts:n}=this,r=(e,t,n)=>g`<p class="only"><span class="break">${e}</span>
      <button class="icon" aria-label=${t} title=${t} @click=${n}>${mt}</button></p>`;return g`${t.length?r(n.inCollections(t.join(`, `)),n.askOne,()=>this.several([])):v}
      ${e.length?r(e.length>1?n.onlyInMany(e.length):g`${n.onlyIn} <bdi>${V(e[0])}</bdi>`,n.askAll,()=>this.limit([])):v}`}};z([S({attribute:!1})],Tn.prototype,`only`,void 0),z([S({attribute:!1})],Tn.prototype,`also`,void 0);var En=1,Dn=class{constructor(e,t){this.endpoint=e,this.forget=t,this.prefix=`quotewise-conversation:${e}:`}all(){let e={conversations:[],newer:0};try{for(let t of Object.keys(this.storage)){if(!t.startsWith(this.prefix))continue;let n=On(this.storage.getItem(t));n===`newer`?e.newer++:n&&e.conversations.push(n)}}catch{}return e.conversations.sort((e,t)=>t.changed-e.changed),e}keep(e){let t=this.prefix+e.id;try{return e.turns.length?this.storage.setItem(t,JSON.stringify({version:En,conversation:e})):this.storage.removeItem(t),!0}catch{return!1}}moved(e,t){for(let n of this.all().conversations)n.collection===e&&this.keep({...n,collection:t})}remove({id:e}){try{this.storage.removeItem(this.prefix+e)}catch{}}current(e){try{let t=sessionStorage.getItem(this.currentName(e)),n=t&&On(this.storage.getItem(this.prefix+t));return n&&n!==`newer`?n:null}catch{return null}}setCurrent(e,t){try{t?sessionStorage.setItem(this.currentName(e),t):sessionStorage.removeItem(this.currentName(e))}catch{}}changedElsewhere({key:e,newValue:t}){return e!==null&&!e.startsWith(this.prefix)?null:{removed:e&&t===null?e.slice(this.prefix.length):null}}get storage(){return this.forget?sessionStorage:localStorage}currentName(e){return`quotewise-current:${this.endpoint}:${e??``}`}};function On(e){try{let{version:t,conversation:n}=JSON.parse(e??`null`);if(t>En)return`newer`;let r=n.turns;return r.every(e=>typeof e.question==`string`&&e.citations&&e.closest)?{...n,turns:r.map(e=>e.state===`asking`?{...e,state:`stopped`}:e)}:null}catch{return null}}var kn=/^(?:\(?[\p{L}\d]{1,4}[.)]|[•●▪◦‣·*–→§-])\s/u,An=/[\ud800-\udbff]/,jn=6;function Mn(e,{parts:t,blocks:n}){if(!An.test(e))return{parts:t,blocks:n};let r=[...t.map(({start:e})=>e),...n.flatMap(e=>[e,...e.cells,...e.marks].flatMap(({start:e,end:t})=>[e,t]))],i=gn(e,r),a=new Map(r.map((e,t)=>[e,i[t]])),o=e=>({...e,start:a.get(e.start),end:a.get(e.end)});return{parts:t.map(e=>({...e,start:a.get(e.start)})),blocks:n.map(e=>({...o(e),cells:e.cells.map(o),marks:e.marks.map(o)}))}}function Nn(e,t,n,r,i){let a=[...bn(e,t)];a.length>1&&a.at(-1).start===t.end&&a.pop();let o=t.line,s=n.findIndex(({start:e})=>e>=t.start);return a.map(t=>{let a=[];for(;s>=0&&s<n.length&&n[s].start<=t.end;s++)a.push(Ln(n[s]));return g`${a}<div class="line ${i?`numbered`:``}" data-line=${o++}><p dir="auto" data-start=${t.start}>${xn(e,t,r)}</p></div>`})}function Pn(e,t,{parts:n,blocks:r},i,a,o=[]){let s=In(t,n,r),c=[];for(let t=0;t<s.length;){let{block:n,part:r}=s[t],l=Fn[n.kind],u=t+1;for(;l&&u<s.length&&Fn[s[u].block.kind]===l&&(!s[u].part||l===`cues`);)u++;let d=s.slice(t,u);r&&l!==`cues`&&c.push(Ln(r)),l===`table`?c.push(Vn(e,d.map(e=>e.block),i,a,o)):l===`list`?c.push(g`<ul class=${n.kind}>${d.map(t=>zn(e,t.block,i))}</ul>`):l===`cues`?c.push(g`${d.map(t=>Bn(e,t.block,t.part,i))}`):c.push(Rn(e,n,i)),t=u}return c}var Fn={row:`table`,columns:`table`,item:`list`,cue:`cues`};function In(e,t,n){let r=[],i=t.findIndex(({start:t})=>t>=e.start);for(let a of n){if(a.end<=e.start||a.start>=e.end)continue;let n=Math.max(a.start,e.start),o=Math.min(a.end,e.end);for(;n<o;){let e;for(;i>=0&&t[i]?.start<=n;i++)e=t[i];let s=i>=0&&t[i]?.start<o&&!a.cells.length?t[i].start:o;r.push({block:{...a,start:n,end:s},part:e}),n=s}}return r}var Ln=({kind:e,number:t,place:n})=>g`<p class="part muted" data-part="${e} ${t}"><bdi>${n}</bdi></p>`,H=(e,t,n)=>xn(e,t,[...n,...t.marks]);function Rn(e,t,n){let{kind:r,level:i,start:a}=t;return r===`heading`?g`<p class="heading l${Math.min(i,jn)}" role="heading" aria-level=${Math.min(i+2,jn)} dir="auto" data-start=${a}>${H(e,t,n)}</p>`:r===`code`?g`<pre class="code" data-start=${a}>${H(e,t,n)}</pre>`:r===`quotation`?g`<blockquote dir="auto" data-start=${a}>${H(e,t,n)}</blockquote>`:g`<p class=${r} dir="auto" data-start=${a}>${H(e,t,n)}</p>`}function zn(e,t,n){let r=t.marks.find(({kind:e,start:n})=>e===`hidden`&&n===t.start),i=kn.test(e.slice(r?r.end:t.start,t.start+20));return g`<li class="l${Math.min(t.level,jn)} ${i?`own`:``}" dir="auto" data-start=${t.start}>${H(e,t,n)}</li>`}function Bn(e,t,n,r){return g`<div class="line cue" data-line=${n?.place??v}><p dir="auto" data-start=${t.start}>${H(e,t,r)}</p></div>`}function Vn(e,t,n,r,i){return g`<div class="table" role="region" aria-label=${r} tabindex="0"><table>
    ${i.length>0&&t.every(({kind:e,cells:t})=>e===`row`&&t.length===i.length)?g`<tr class="above">${i.map(e=>e?g`<th scope="col" dir="auto">${V(e)}</th>`:g`<td></td>`)}</tr>`:v}
    ${t.map(t=>{let r=t.cells.length?t.cells:[t],i=[t.start,...r.flatMap(({start:e,end:t})=>[e,t]),t.end],a=r.concat(t).map((e,t)=>({start:i[2*t],end:i[2*t+1],kind:`hidden`})),o=[...n,...t.marks,...a];return g`<tr>${r.map((n,i)=>{let a={start:i?r[i].start:t.start,end:i+1<r.length?r[i+1].start:t.end},s=xn(e,a,o);return t.kind===`columns`?g`<th scope="col" dir="auto" data-start=${a.start}>${s}</th>`:g`<td dir="auto" data-start=${a.start}>${s}</td>`})}</tr>`})}
  </table></div>`}var Hn=/[|`*_~[\]#\t{}=$\\]|--|^[ \t]*(?:[-+•>]|\d+[.)])[ \t]/m,Un=100,Wn=new Map;function Gn(e,t){let{document:n,start:r,end:i,quote:a}=e;if(n.media_type===`text/plain`||n.media_type!==`text/csv`&&!Hn.test(a))return Promise.resolve(null);let o=`${t.endpoint} ${n.id} ${n.sha256} ${r} ${i}`,s=Wn.get(o);return s||(s=t.structure(n.id,{start:r,end:i}).then(t=>Kn(e,t)).catch(()=>null),Wn.set(o,s),Wn.size>Un&&Wn.delete(Wn.keys().next().value)),s}function Kn({start:e,end:t,quote:n},{blocks:r}){let i=n=>n.filter(n=>n.end>e&&n.start<t).map(n=>({...n,start:Math.max(n.start,e)-e,end:Math.min(n.end,t)-e})),a=i(r).map(e=>({...e,cells:i(e.cells),marks:i(e.marks)}));return a.every(({kind:e,marks:t})=>e===`paragraph`&&!t.length)?null:Mn(n,{parts:[],blocks:a})}var U=class extends x{constructor(...e){super(...e),this.last=!1,this.copied=null,this.linkCopied=!1,this.further=!1,this.structures=new Map,this.exact=new Set,this.sought=new WeakSet}createRenderRoot(){return this}updated(){for(let e of qn(this.turn))this.sought.has(e)||(this.sought.add(e),Gn(e,this.chat.service).then(t=>{t&&(this.structures=new Map([...this.structures,[e,t]]))}))}follow(e,t,n){if(e.metaKey||e.ctrlKey||e.shiftKey)return;e.preventDefault();let r=e.currentTarget;n===null?this.chat.followFurther(t,r):this.chat.follow(this.turn,n,r)}async copyLink(){this.linkCopied=await dn(this.chat.linkTo(this.turn)),setTimeout(()=>this.linkCopied=!1,un),this.chat.say(this.linkCopied?this.chat.texts.linkCopied:this.chat.texts.cannotCopy)}toggle(e){let t=new Set(this.exact);t.delete(e)||t.add(e),this.exact=t}async copyQuote(e){let{service:t,texts:n}=this.chat,r=await dn(tt({...e,place:D(e.place,n)},t.link(e.document,e)));this.copied=r?e:null,setTimeout(()=>this.copied===e&&(this.copied=null),un),this.chat.say(r?n.copiedWithReference:n.cannotCopy)}async rate(e){let{turn:t,chat:n}=this;t.wrong=[],t.right=void 0,n.correct(e?null:t),await this.send(e),await this.updateComplete,this.querySelector(`.correction`)?.scrollIntoView({block:`nearest`})}async callWrong(e,{target:t}){let{turn:n}=this,r=(n.wrong??[]).filter(t=>t!==e);n.wrong=t.checked?[...r,e].sort():r,await this.send()}async send(e=!1){let{turn:t,chat:n}=this,{wrong:r,right:i}=t;try{await n.service.feedback(t.requestId,e,r,i&&{document_id:i.document.id,start:i.start,end:i.end}),t.feedback=e?`helpful`:`unhelpful`,n.say(n.texts.thanks)}catch{t.feedback=`refused`,n.correct(null),n.say(n.texts.feedbackRefused)}n.keep(),this.requestUpdate()}render(){let{turn:e}=this,{texts:t}=this.chat;return g`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${V(e.question)}</h3>
      ${wn(e,t).map(e=>g`<p class="meant muted break">${V(e)}</p>`)}
      ${e.interpretation?this.interpretation(e.interpretation):v}
      ${e.state===`asking`?g`<p class="progress muted">${e.progress}</p>`:this.verdict()}
      ${(e.contradictions??[]).map(({citations:[e,n],difference:r})=>g`<p class="differ" part="contradiction">${At}<span>${(r===`number`?t.differInNumber:t.differInNegation)(e,n)}</span></p>`)}
      ${this.quotes()}
      ${e.others?.length?this.others(e.others):v}
      ${e.requestId&&e.state!==`asking`?this.feedback():v}
    </article>`}interpretation(e){let{turn:t,chat:n}=this;return g`<p class="meant muted break" part="interpretation">${n.texts.takenAs} <q dir="auto">${V(e)}</q>
      <button class="plain" @click=${()=>n.askAlone(t)}>${n.texts.askAlone}</button></p>`}others(e){let{texts:t}=this.chat;return g`<div class="others">
      <button aria-expanded=${this.further?`true`:`false`} @click=${()=>this.further=!this.further}>${t.others} ${this.further?ht:gt}</button>
      ${this.further?g`<ul class="quotes closest" aria-label=${t.others}>${e.map(e=>g`<li>${this.quote(e,null)}</li>`)}</ul>`:v}
    </div>`}verdict(){let{turn:e,last:t,chat:n}=this,{texts:r}=n;if(e.state===`answered`){let t=Ze(e.confidence);return g`<p class="verdict" part="verdict"><span class="level ${t}"></span>${r.confidence[t]} <span class="muted">${r.sure(Math.round(e.confidence*100))}</span></p>`}if(e.state===`silent`)return g`<p class="verdict" part="verdict"><span class="level silent"></span>${r.silent} ${e.closest.length?g`<span class="muted">${r.comeClosest}</span>`:v}</p>`;let i=t?g`<div><button class="outlined" @click=${()=>n.retry(e)}>${r.askAgain}</button></div>`:v;return g`${e.problem?g`<p class="problem break" part="problem">${V(e.problem)}</p>`:g`<p class="muted">${r.stopped}</p>`}${i}`}quotes(){let{turn:e}=this,{texts:t}=this.chat,n=qn(e);return n.length?g`<ol class="quotes ${e.citations.length?``:`closest`}" aria-label=${e.citations.length?t.quotes:t.closest}>
      ${n.map((e,t)=>g`<li>${this.quote(e,t)}</li>`)}
    </ol>`:v}words(e,t){let{quote:n}=e,r=this.exact.has(e)?void 0:this.structures.get(e),i=t===null?[]:Jn(this.turn,e,t),a={start:0,end:n.length};return g`<blockquote class=${r?`rendered`:``} dir="auto" lang="" part="text">${r?Pn(n,a,r,i,this.chat.texts.table,et(e)):xn(n,a,i)}</blockquote>`}quote(e,t){let{chat:n}=this,{texts:r}=n,{document:i,place:a}=e,o=Qe(e),s=n.shownQuote===e,c=E(i),l=this.copied===e;return g`<figure class=${s?`current`:``} part="quote">
      ${this.words(e,t)}
      <figcaption class="bar">
        <div class="break">
          <a class="reference" part="citation" href=${n.service.link(i,e)} aria-current=${s?`true`:v}
            @click=${n=>this.follow(n,e,t)}>${t===null?v:g`<span class="number">${t+1}</span> `}<bdi>${V(c??i.path)}</bdi></a><span class="muted">, ${c?g`<bdi>${V(i.path)}</bdi>, `:v}<bdi>${V(D(a,r))}</bdi>${o.length?g` · <bdi>${V(o.join(` › `))}</bdi>`:v}</span>
        </div>
        ${this.structures.has(e)&&t!==null?g`<button aria-pressed=${this.exact.has(e)?`true`:`false`} aria-label=${r.exactTextOf(t+1)} @click=${()=>this.toggle(e)}>${r.exactText}</button>`:v}
        <button class="icon" part="copy" aria-label=${t===null?l?r.copied:r.copyQuote:l?r.copiedQuote(t+1):r.copyNumbered(t+1)}
          title=${r.copyQuote} @click=${()=>this.copyQuote(e)}>${l?pt:ft}</button>
      </figcaption>
    </figure>`}feedback(){let e=this.turn.feedback,{texts:t}=this.chat;if(e===`refused`)return g`<p class="after muted">${t.feedbackRefused}</p>`;let n=n=>g`<button class="icon" part="thumb" aria-pressed=${e===(n?`helpful`:`unhelpful`)}
      aria-label=${n?t.helpful:t.notHelpful} title=${n?t.helpful:t.notHelpful} @click=${()=>this.rate(n)}>${n?bt:xt}</button>`,r=this.linkCopied?t.linkCopied:t.copyLink;return g`<div class="after" part="feedback" role="group" aria-label=${t.wasHelpful}>
        <span class="muted">${e?t.thanks:t.wasHelpful}</span>${n(!0)}${n(!1)}
        <button class="link" part="link" @click=${this.copyLink}>${this.linkCopied?pt:Ct}<span>${r}</span></button>
      </div>
      ${e===`unhelpful`?this.correction():v}`}correction(){let{turn:e,chat:t}=this,{texts:n}=t;return g`<div class="correction" part="correction">
      ${e.citations.length?g`<fieldset><legend>${n.whichWrong}</legend>
            ${e.citations.map((t,r)=>g`<label><input type="checkbox" .checked=${e.wrong?.includes(r+1)??!1} @change=${e=>this.callWrong(r+1,e)} /> ${n.quoteNumber(r+1)}</label>`)}
          </fieldset>`:v}
      ${e.right?g`<p>${n.rightKept} <q dir="auto">${V(e.right.quote)}</q></p>`:g`<p class="muted">${n.whereRight}</p>`}
    </div>`}};z([S({attribute:!1,hasChanged:()=>!0})],U.prototype,`turn`,void 0),z([S({attribute:!1,hasChanged:()=>!0})],U.prototype,`chat`,void 0),z([S({attribute:!1})],U.prototype,`last`,void 0),z([C()],U.prototype,`copied`,void 0),z([C()],U.prototype,`linkCopied`,void 0),z([C()],U.prototype,`further`,void 0),z([C()],U.prototype,`structures`,void 0),z([C()],U.prototype,`exact`,void 0);var qn=e=>e.citations.length?e.citations:e.closest;function Jn(e,{quote:t,start:n,highlights:r},i){let a=r.map(e=>({...e,kind:`highlight`}));return e.short?.citation===i+1&&a.push({start:e.short.start,end:e.short.end,kind:`short`}),vn(t,a,n)}function Yn(e,t,n,{ask:r,open:i}){let a=Xn(t),o=a.length?a:e?.questions??[];return g`<div class="welcome" part="welcome">
    ${e?g`${e.documents?g`<strong>${n.documentsHere(e.documents)}</strong>`:v}
          ${e.latest.length?g`<p class="muted break">${n.latest} ${e.latest.map((e,t)=>g`${t?`, `:``}<button class="plain" @click=${()=>i(e)}><bdi>${V(E(e)??e.path)}</bdi></button>`)}</p>`:v}`:v}
    <p class="muted">${e&&!e.documents?n.noDocumentsYet:n.introduction}</p>
    ${o.length?g`<ul class="suggestions" aria-label=${a.length?n.suggestedQuestions:n.tryAsking}>
          ${o.map(e=>g`<li><button class="outlined break" part="suggestion" dir="auto" @click=${()=>r(e)}>${V(e)}</button></li>`)}
        </ul>`:v}
  </div>`}function Xn(e){if(e.trimStart().startsWith(`[`))try{return JSON.parse(e)}catch{return[]}return e.split(`
`).map(e=>e.trim()).filter(Boolean)}var Zn={documents:0,latest:[],questions:[]},W=class extends Tn{constructor(...e){super(...e),this.heading=``,this.placeholder=``,this.suggestions=``,this.linked=!1,this.forget=!1,this.conversation=at(null),this.opened=null,this.listing=!1,this.searching=!1,this.overview=null,this.said=``,this.notice=``,this.correcting=null,this.asking=null,this.opener=null,this.stop=()=>this.asking?.abort(),this.stored=e=>{this.store.changedElsewhere(e)?.removed===this.conversation.id&&(this.notice=this.said=this.texts.removedElsewhere)}}static{this.styles=Ye}get store(){return new Dn(this.address,this.forget)}get turns(){return this.conversation.turns}get empty(){return!this.turns.length}get shownTurns(){return[...this.renderRoot.querySelectorAll(`quotewise-turn`)]}focus(){this.composer.focus()}ask(e){return this.answer(it(e,this.scope))}open(e){this.show({places:[{document:e}],current:0,short:null})}refresh(){this.overview=null,this.turns.length||this.look()}connectedCallback(){super.connectedCallback(),window.addEventListener(`storage`,this.stored),window.addEventListener(`beforeunload`,this.stop)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`storage`,this.stored),window.removeEventListener(`beforeunload`,this.stop),this.stop()}willUpdate(e){this.toggleAttribute(`opened`,this.opened!==null),(e.has(`endpoint`)||e.has(`collection`))&&(this.resume(this.store.current(this.collection)??at(this.collection)),this.limit([]),this.several([]),this.overview=null,this.turns.length||this.look())}firstUpdated(){this.autofocus&&this.focus(),this.reveal().then(()=>this.scroller.classList.add(`smooth`)),this.linked&&this.askLinked()}again(){this.focus();let e=this.turns.at(-1);e?.state===`failed`?this.retry(e):this.turns.length||this.look()}async look(){let{collection:e}=this;try{let t=await this.service.overview(e);e===this.collection&&(this.overview=t)}catch(t){let{kind:n}=this.problemOf(t);n===`unknown-collection`&&e===this.collection&&(this.overview=Zn)}}resume(e){this.asking?.abort(),this.conversation=e,this.opened=this.correcting=null,this.listing=!1,this.notice=``}askLinked(){let e=this.linkedQuestion();e&&(this.clear(),this.answer(it(e.question,{after:e.after,alone:!e.after.length,...this.scope})))}retry(e){let{question:t,after:n,alone:r,only:i,also:a}=e;return this.conversation={...this.conversation,turns:this.turns.filter(t=>t!==e)},this.answer(it(t,{after:n,alone:r,only:i,also:a}))}askAlone({question:e,only:t,also:n}){return this.answer(it(e,{alone:!0,only:t,also:n}))}async answer(e){if(this.asking||!e.question.trim())return;let t=this.asking=new AbortController,{address:n,collection:r,service:i,store:a,texts:o}=this,s=lt(this.turns),c=e.alone?[]:s.length?s:(e.after??[]).map(e=>({question:e,quotes:[]}));e.after=c.map(({question:e})=>e);let l=this.conversation={...this.conversation,turns:[...this.turns,e]};this.listing=this.searching=!1,this.keep(),a.setCurrent(r,l.id),this.tell(e,o.searching),this.reveal();try{let n={collection:r,also:e.also??[],only:e.only??[]};for await(let r of i.ask(e.question,c,n,t.signal))this.tell(e,st(e,r,o))}catch(n){let r=t.signal.aborted,i=r?null:this.problemOf(n),a=i?.retryAfter?` ${o.tryAgainIn(i.retryAfter)}`:``;e.state=r?`stopped`:`failed`,e.problem=this.linked&&i?.kind===`unknown-collection`?o.noDocumentsYet:i?i.message.replace(/[^.!?。]$/,`$&.`)+a:void 0,this.tell(e,e.problem??o.stopped)}if(this.asking===t&&(this.asking=null),n.href!==this.address.href||l.id!==this.conversation.id)return void(this.requestUpdate(),a.keep({...l,changed:Date.now()}));this.keep(),this.requestUpdate(),this.reveal()}tell(e,t){this.said=e.progress=t,this.requestUpdate()}async reveal(e=-1){await this.updateComplete;let t=this.shownTurns;await Promise.all(t.map(({updateComplete:e})=>e));let n=t.at(e);n&&(this.scroller.scrollTop=n.offsetTop-20)}pressed(e){if(e.key!==`Escape`||e.isComposing)return;let t=this.opened&&e.composedPath().includes(this.source);this.searching&&!t?this.search(!1):this.listing&&!t?this.list(!1):this.opened&&this.close()}clear(){this.resume(at(this.collection)),this.store.setCurrent(this.collection,null),this.said=this.texts.newConversationBegun,this.overview||this.look(),this.focus()}search(e){this.turnTo({searching:e,listing:!1},e?`quotewise-results`:`.search`)}list(e){this.turnTo({searching:!1,listing:e},e?`quotewise-conversations`:`.list`)}turnTo(e,t){Object.assign(this,e),this.updateComplete.then(()=>this.renderRoot.querySelector(t)?.focus())}async choose({detail:{conversation:e,turn:t,print:n}}){this.store.setCurrent(e.collection,e.id),e.collection!==this.collection&&(this.collection=e.collection,this.dispatchEvent(new CustomEvent(`quotewise-collection`,{detail:e.collection}))),this.resume(e),await this.reveal(t),n?window.print():this.focus()}edited({detail:e}){e.id===this.conversation.id&&(this.conversation={...e,turns:this.turns})}removed({detail:e}){e===this.conversation.id&&(this.resume(at(this.collection)),this.store.setCurrent(this.collection,null),this.listing=!0)}follow(e,t,n){this.opener=n,this.show({places:qn(e),current:t,short:e.short})}followFurther(e,t){this.opener=t,this.show({places:[e],current:0,short:null})}correct(e){this.correcting=e}async mark({detail:e}){let t=this.correcting;t&&(t.right=e,await this.shownTurns.find(e=>e.turn===t)?.send(),this.requestUpdate())}get shownQuote(){return this.opened?this.opened.places[this.opened.current]:null}linkTo({question:e,after:t,only:n=[],also:r=[]}){return this.service.questionLink(e,t??[],{collection:this.collection,only:n,also:r})}say(e){this.said=e}keep(){this.conversation.changed=Date.now(),this.notice=this.store.keep(this.conversation)?``:this.texts.notKept}show(e){this.opened=e,this.updateComplete.then(()=>this.source.updateComplete).then(()=>this.source.focus())}close(){this.opened=null,this.opener?.isConnected?this.updateComplete.then(()=>this.opener?.focus()):this.focus()}printed(){let{begun:e,collection:t}=this.conversation,n=[this.address.href,t,new Date(e).toLocaleString(this.lang,{dateStyle:`long`,timeStyle:`short`})];return g`<div class="printed"><strong>${V(ot(this.conversation))}</strong><p class="muted break">${V(n.filter(Boolean).join(`, `))}</p></div>`}render(){let{turns:e,opened:t,texts:n,listing:r,notice:i}=this,a=this.heading||n.askDocuments;return g`<section class="chat ${t?`open`:``}" part="chat" aria-label=${a} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2 part="heading">${a}</h2>
          <div>
            <button class="search" aria-expanded=${this.searching?`true`:`false`} aria-label=${n.searchPassages} title=${n.searchPassages} @click=${()=>this.search(!this.searching)}>${Pt}<span>${n.search}</span></button>
            <button class="list" aria-expanded=${r?`true`:`false`} aria-label=${n.conversations} title=${n.conversationsHint} @click=${()=>this.list(!r)}>${wt}<span>${n.conversations}</span></button>
            <button class="outlined new" aria-label=${n.newConversation} title=${n.newConversation} ?hidden=${!e.length} @click=${this.clear}>${St}<span>${n.newConversation}</span></button>
          </div>
        </header>
        ${r?g`<quotewise-conversations .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??v} lang=${this.lang} .forget=${this.forget} .current=${this.conversation.id}
              @quotewise-choose=${this.choose} @quotewise-edited=${this.edited} @quotewise-removed=${this.removed}></quotewise-conversations>`:v}
        ${this.searching?g`<quotewise-results .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??v} lang=${this.lang} .collection=${this.collection} .also=${this.also} .only=${this.only}
              @quotewise-open=${({detail:e})=>this.followFurther(e.citation,e.opener)}></quotewise-results>`:v}
        ${e.length?this.printed():v}
        <div class="turns" ?hidden=${r||this.searching} part="conversation" tabindex=${e.length?`0`:v} role="region" aria-label=${n.conversation}>
          ${e.length?e.map((t,n)=>g`<quotewise-turn .turn=${t} .chat=${this} .last=${n===e.length-1}></quotewise-turn>`):Yn(this.overview,this.suggestions,n,{ask:e=>this.ask(e),open:e=>this.open(e)})}
          ${this.keyNeeded?this.keyForm():v}
        </div>
        <div class="foot">
          ${this.limits()}
          ${i?g`<p class="notice" role="alert">${i}</p>`:v}
          <quotewise-composer .texts=${n} .placeholder=${this.placeholder||n.placeholder} .asking=${this.asking!==null} .asked=${e.map(({question:e})=>e)}
            @quotewise-ask=${({detail:e})=>this.ask(e)} @quotewise-stop=${()=>this.asking?.abort()}></quotewise-composer>
          <p class="promise muted" part="promise">${n.promise}</p>
        </div>
      </div>
      ${t?g`<quotewise-source part="source" exportparts="source-title, source-text, source-page, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme??v} lang=${this.lang} .beside=${!0} .marking=${this.correcting!==null} .right=${this.correcting?.right?.quote??``} .places=${t.places} .current=${t.current} .short=${t.short}
            @quotewise-close=${this.close} @quotewise-right=${this.mark} @quotewise-move=${e=>this.opened={...t,current:e.detail}}></quotewise-source>`:v}
    </section>
    <p class="unseen" role="status">${this.said}</p>`}};z([S()],W.prototype,`heading`,void 0),z([S()],W.prototype,`placeholder`,void 0),z([S()],W.prototype,`suggestions`,void 0),z([S({type:Boolean})],W.prototype,`linked`,void 0),z([S({type:Boolean})],W.prototype,`forget`,void 0),z([C()],W.prototype,`conversation`,void 0),z([C()],W.prototype,`opened`,void 0),z([C()],W.prototype,`listing`,void 0),z([C()],W.prototype,`searching`,void 0),z([C()],W.prototype,`overview`,void 0),z([C()],W.prototype,`said`,void 0),z([C()],W.prototype,`notice`,void 0),z([C()],W.prototype,`correcting`,void 0),z([w(`quotewise-composer`)],W.prototype,`composer`,void 0),z([w(`.turns`)],W.prototype,`scroller`,void 0),z([w(`quotewise-source`)],W.prototype,`source`,void 0);var Qn=8e3,$n=class{constructor(e,t){this.host=e,this.carryOut=t,this.gone=null,this.timer=0,this.commit=()=>{let{gone:e}=this;e!==null&&(this.undo(),this.carryOut(e))},e.addController(this)}hostConnected(){window.addEventListener(`pagehide`,this.commit)}hostDisconnected(){window.removeEventListener(`pagehide`,this.commit),this.commit()}async begin(e){this.commit(),this.gone=e,this.timer=window.setTimeout(this.commit,Qn),this.host.requestUpdate(),await this.host.updateComplete,this.host.renderRoot.querySelector(`.gone button`).focus()}undo(){clearTimeout(this.timer),this.gone=null,this.host.requestUpdate()}},er=`[A-Za-z0-9_\\-][A-Za-z0-9._\\-]{0,63}`,G=class extends B{constructor(...e){super(...e),this.names=[],this.also=[],this.managed=!1,this.known=!1,this.naming=null,this.several=!1,this.problem=``,this.deletion=new $n(this,e=>{let{service:t}=this;this.change(()=>t.removeCollection(e),{from:e,to:null})})}static{this.styles=[T,o`
    :host {
      background: none;
      overflow: visible;
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      gap: 0.375rem;
    }
    .name {
      flex: 1 0 100%;
      font-size: 0.8125rem;
    }
    .row > :is(select, input) {
      flex: 1 1 7rem;
    }
    .acts {
      display: flex;
      gap: 0.375rem;
    }
    button {
      flex: none;
    }
    fieldset {
      display: grid;
      max-block-size: 12rem;
      margin: 0.375rem 0 0;
      padding: 0.25rem 0.625rem;
      border: 1px solid var(--border);
      border-radius: var(--radius);
      overflow: auto;
      font-size: 0.8125rem;
    }
    label {
      display: flex;
      gap: 0.375rem;
      padding-block: 0.125rem;
    }
    label input {
      flex: none;
      inline-size: auto;
    }
  `]}tell(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t}))}async name(e){this.naming=e,await this.updateComplete,this.renderRoot.querySelector(`form input`).select()}async named(e){e.preventDefault();let{naming:t,collection:n}=this,r=new FormData(e.target).get(`name`);if(this.naming=null,t===`new`)return this.tell(`quotewise-made`,r);r!==n&&await this.change(()=>this.service.renameCollection(n,r),{from:n,to:r})}async change(e,t){this.problem=``;try{await e(),this.tell(`quotewise-changed`,t)}catch(e){this.problem=this.problemOf(e).message}}render(){let{texts:e,naming:t,collection:n}=this,{gone:r}=this.deletion;return g`${this.problem?g`<p class="problem break" role="alert">${this.problem}</p>`:v}
      ${r?g`<p class="row gone muted"><span class="break">${e.collectionRemoved(r)}</span><button class="outlined" @click=${()=>this.deletion.undo()}>${e.undo}</button></p>`:t?g`<form class="row" @submit=${this.named} @keydown=${({key:e})=>e===`Escape`&&(this.naming=null)}>
              <input name="name" required pattern=${er} title=${e.collectionName} aria-label=${e.collectionName} .value=${t===`rename`?n:``} />
              <button class="primary">${e.save}</button>
              <button type="button" class="icon" aria-label=${e.close} title=${e.close} @click=${()=>this.naming=null}>${mt}</button>
              <p class="name muted" aria-hidden="true">${e.collectionName}</p>
            </form>`:this.chooser()}`}chooser(){let{texts:e,names:t,collection:n,managed:r}=this;if(t.length<2&&!r)return v;let i=(e,t,n,r)=>g`<button class="icon outlined" aria-label=${e} title=${e} aria-expanded=${r===void 0?v:`${r}`} @click=${n}>${t}</button>`;return g`<div class="row">
        <span class="name muted">${e.collection}</span>
        <select aria-label=${e.collection} @change=${e=>this.tell(`quotewise-choose`,e.target.value)}>
          ${t.map(e=>g`<option .value=${e} ?selected=${e===n}>${e}</option>`)}
        </select>
        <span class="acts">${t.length>1?i(e.askSeveral,Nt,()=>this.several=!this.several,this.several):v}
        ${r?g`${i(e.newCollection,St,()=>this.name(`new`))}
              ${this.known?g`${i(e.renameCollection,Tt,()=>this.name(`rename`))} ${i(e.removeCollection,Et,()=>this.deletion.begin(n))}`:v}`:v}</span>
      </div>
      ${this.several&&t.length>1?g`<fieldset><legend class="muted">${e.askSeveral}</legend>
            ${t.map(e=>g`<label class="break"><input type="checkbox" .checked=${e===n||this.also.includes(e)} ?disabled=${e===n} @change=${t=>this.take(e,t)} />${e}</label>`)}
          </fieldset>`:v}`}take(e,{target:t}){let n=this.also.filter(t=>t!==e&&t!==this.collection);t.checked&&n.push(e),this.tell(`quotewise-also`,n.length?[this.collection,...n]:[])}};z([S({attribute:!1})],G.prototype,`names`,void 0),z([S({attribute:!1})],G.prototype,`also`,void 0),z([S({attribute:!1})],G.prototype,`managed`,void 0),z([S({attribute:!1})],G.prototype,`known`,void 0),z([C()],G.prototype,`naming`,void 0),z([C()],G.prototype,`several`,void 0),z([C()],G.prototype,`problem`,void 0);var tr=2e3,nr=1800,rr=e=>[...e].length,K=class extends x{constructor(...e){super(...e),this.placeholder=``,this.asking=!1,this.asked=[],this.characters=0,this.recalled=0}createRenderRoot(){return this}focus(){this.updateComplete.then(()=>this.area.focus())}submit(e){if(e.preventDefault(),this.asking){this.dispatchEvent(new CustomEvent(`quotewise-stop`));return}let t=this.area.value.trim();!t||rr(t)>tr||(this.put(``),this.dispatchEvent(new CustomEvent(`quotewise-ask`,{detail:t})))}put(e){this.area.value=e,this.counted()}counted(){this.characters=rr(this.area.value.trim())}typed(e){e.isComposing||(e.key===`Enter`&&!e.shiftKey?(e.preventDefault(),this.asking||this.submit(e)):e.key!==`ArrowUp`&&e.key!==`ArrowDown`||e.altKey||e.ctrlKey||e.metaKey||e.shiftKey||this.recall(e))}recall(e){let{asked:t}=this;if(!this.area.value)this.recalled=t.length;else if(this.area.value!==t[this.recalled])return;let n=this.recalled+(e.key===`ArrowUp`?-1:1);n<0||n>t.length||(e.preventDefault(),this.recalled=n,this.put(t[n]??``))}render(){let{texts:e,characters:t}=this,n=this.asking?e.stop:e.ask,r=t>tr;return g`<form class="composer ${r?`long`:``}" part="form" @submit=${this.submit}>
        <textarea part="input" rows="1" aria-label=${e.question} aria-invalid=${r?`true`:v} aria-describedby=${r?`too-long`:v}
          placeholder=${this.placeholder} enterkeyhint="send" @keydown=${this.typed} @input=${this.counted}></textarea>
        <button class="primary icon" part="send" aria-label=${n} title=${n} ?disabled=${r&&!this.asking}>${this.asking?dt:ut}</button>
      </form>
      ${r?g`<p class="counter over" id="too-long" role="alert">${e.tooLong(t,tr)}</p>`:t>=nr?g`<p class="counter muted">${e.lengthOf(t,tr)}</p>`:v}`}};z([S({attribute:!1})],K.prototype,`texts`,void 0),z([S({attribute:!1})],K.prototype,`placeholder`,void 0),z([S({attribute:!1})],K.prototype,`asking`,void 0),z([S({attribute:!1})],K.prototype,`asked`,void 0),z([C()],K.prototype,`characters`,void 0),z([w(`textarea`)],K.prototype,`area`,void 0);function ir(e,t){let n=e=>({...e,link:t.link(e.document,e)}),r=e.turns.map(({question:e,state:t,confidence:r,citations:i,closest:a,interpretation:o,contradictions:s,short:c,only:l,also:u})=>({question:e,documents:l??[],collections:u??[],state:t,confidence:r,interpretation:o??null,short_answer:c,citations:i.map(n),contradictions:s??[],closest:a.map(n)})),{collection:i,begun:a,changed:o}=e,s=e=>new Date(e).toISOString(),c={title:ot(e),service:t.endpoint.href,collection:i,begun:s(a),changed:s(o),turns:r};return JSON.stringify(c,null,2)}function ar(e,t,n){let r=new Date(e.begun).toISOString().slice(0,10),i=[t.endpoint.href,e.collection&&q(e.collection),r],a=[`# ${q(ot(e))}`,i.filter(Boolean).join(`, `)];for(let r of e.turns)a.push(`## ${q(r.question)}`,...or(r,t,n));return`${a.join(`

`)}\n`}function or(e,t,n){let{state:r,citations:i,closest:a,confidence:o}=e,s=i.length?i:a,c=r===`answered`?`${n.confidence[Ze(o)]}. ${n.sure(Math.round(o*100))}.`:r===`silent`?`${n.silent} ${a.length?n.comeClosest:``}`.trim():n.stopped,l=e.interpretation?[`${n.takenAs} “${q(e.interpretation)}”`]:[];return[...wn(e,n).map(q),...l,c,...s.map((e,r)=>sr(e,r+1,t,n))]}function sr(e,t,n,r){let{quote:i,place:a,document:o,start:s,end:c}=e,l=Math.max(2,...(i.match(/`+/g)??[]).map(e=>e.length)),u="`".repeat(l+1),d=[E(o),o.path,D(a,r),Qe(e).join(` › `)].filter(Boolean).map(e=>q(e)).join(`, `),ee=`${s}–${c}, sha256 ${o.sha256}`;return`${t}. [${d}](${n.link(o,{start:s,end:c})}) (${ee})\n\n${u}text\n${i}\n${u}`}var q=e=>Sn(e).replace(/\s+/g,` `).trim().replace(/[\\`*_{}[\]<>#|~]/g,`\\$&`);function cr(e,t,n){let r=document.createElement(`a`);r.href=URL.createObjectURL(new Blob([t],{type:n})),r.download=e,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),6e4)}var lr=(e,t)=>`${ot(e).replace(/[^\p{L}\p{N}]+/gu,`-`).slice(0,60).replace(/^-+|-+$/g,``)||`conversation`}.${t}`,J=class extends B{constructor(...e){super(...e),this.current=``,this.forget=!1,this.kept={conversations:[],newer:0},this.words=``,this.renaming=``,this.gone=null,this.stored=e=>{this.store.changedElsewhere(e)&&(this.kept=this.store.all())}}static{this.styles=[T,o`
    :host {
      overflow: auto;
      min-block-size: 0;
      padding: 1rem 1.25rem;
    }
    ul,
    .search,
    .said {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    .search {
      display: block;
      margin-block-end: 0.75rem;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0 0.25rem;
      border-block-end: 1px solid var(--border);
      padding-block: 0.25rem;
    }
    .name {
      flex: 1 1 100%;
      display: grid;
      justify-content: stretch;
      justify-items: start;
      gap: 0;
      min-inline-size: 0;
      color: var(--text);
      font-size: 0.9375rem;
      text-align: start;
    }
    .name[aria-current] {
      color: var(--accent);
      font-weight: 600;
    }
    .name .muted {
      font-weight: 400;
    }
    .found {
      font-weight: 400;
      font-size: 0.8125rem;
    }
    .acts {
      display: flex;
      flex-wrap: wrap;
      font-size: 0.8125rem;
    }
    form {
      flex: 1 1 14rem;
      display: flex;
      gap: 0.375rem;
    }
    .said {
      display: flex;
      align-items: center;
      gap: 0.5rem;
      min-block-size: 2rem;
    }
  `]}focus(){this.search.focus()}connectedCallback(){super.connectedCallback(),window.addEventListener(`storage`,this.stored),this.kept=this.store.all()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`storage`,this.stored)}get store(){return new Dn(this.address,this.forget)}tell(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t}))}async rename(e){this.renaming=e.id,await this.updateComplete,this.name?.select()}named(e,t){e.preventDefault();let n={...t,title:this.name.value.trim()||void 0};this.store.keep(n),this.renaming=``,this.kept=this.store.all(),this.tell(`quotewise-edited`,n)}delete(e){this.store.remove(e),this.gone=e,this.kept=this.store.all(),this.tell(`quotewise-removed`,e.id),this.focus()}undo(){this.store.keep(this.gone),this.gone=null,this.kept=this.store.all(),this.focus()}render(){let{texts:e,words:t,gone:n}=this,{conversations:r,newer:i}=this.kept,a=r.flatMap(e=>{let n=fr(e,t);return n?[this.item(e,n)]:[]});return g`<section aria-label=${e.conversations}>
      <input type="search" class="search" aria-label=${e.searchConversations} placeholder=${e.searchConversations}
        @input=${()=>this.words=this.search.value.trim().toLowerCase()} />
      <div class="said muted" role="status">${n?g`${e.removed} <button class="outlined" @click=${this.undo}>${e.undo}</button>`:a.length?v:r.length?e.noConversationMatches:e.noConversations}</div>
      <ul>${a}</ul>
      ${i?g`<p class="said muted">${e.newerConversations(i)}</p>`:v}
    </section>`}item(e,t){let{texts:n,service:r}=this,i=ot(e),a=(e,t,r)=>g`<button aria-label=${n.nOfConversation(e,Sn(i))} @click=${r}>${t}<span>${e}</span></button>`;if(this.renaming===e.id)return g`<li><form @submit=${t=>this.named(t,e)} @keydown=${this.escaped}>
        <input aria-label=${n.nameOfConversation} .value=${i} maxlength="200" />
        <button class="primary">${n.save}</button>
      </form></li>`;let o=new Date(e.changed);return g`<li>
      <button class="name break" aria-current=${e.id===this.current?`true`:v} @click=${()=>this.tell(`quotewise-choose`,{conversation:e,turn:t.turn})}>
        <bdi>${V(i)}</bdi>
        ${t.text&&t.text!==i?g`<span class="found" dir="auto">${V(t.text)}</span>`:v}
        <span class="muted"><time datetime=${o.toISOString()}>${o.toLocaleString(this.lang,{dateStyle:`medium`,timeStyle:`short`})}</time>${e.turns.length>1?` · ${n.questionsAsked(e.turns.length)}`:v}${e.collection?g` · <bdi>${V(e.collection)}</bdi>`:v}</span>
      </button>
      <div class="acts">
      ${a(n.rename,Tt,()=>this.rename(e))}
      ${a(n.exportMarkdown,Dt,()=>cr(lr(e,`md`),ar(e,r,n),`text/markdown`))}
      ${a(n.exportJson,Ot,()=>cr(lr(e,`json`),ir(e,r),`application/json`))}
      ${a(n.print,kt,()=>this.tell(`quotewise-choose`,{conversation:e,print:!0}))}
      ${a(n.remove,Et,()=>this.delete(e))}
      </div>
    </li>`}escaped(e){e.key===`Escape`&&(e.stopPropagation(),this.renaming=``)}};z([S({attribute:!1})],J.prototype,`current`,void 0),z([S({attribute:!1})],J.prototype,`forget`,void 0),z([C()],J.prototype,`kept`,void 0),z([C()],J.prototype,`words`,void 0),z([C()],J.prototype,`renaming`,void 0),z([C()],J.prototype,`gone`,void 0),z([w(`input[type=search]`)],J.prototype,`search`,void 0),z([w(`form input`)],J.prototype,`name`,void 0);var ur=80,dr=/^[\udc00-\udfff]|[\ud800-\udbff]$/g;function fr({title:e,turns:t},n){if(!n)return{};for(let[e,{question:r,citations:i}]of[...t.entries()].reverse())for(let t of[r,...i.map(({quote:e})=>e)]){let r=t.toLowerCase().indexOf(n);if(r>=0)return{turn:e,text:pr(t,r,r+n.length)}}return e?.toLowerCase().includes(n)?{text:e}:null}function pr(e,t,n){let[r,i]=[Math.max(0,t-ur),Math.min(e.length,n+ur)];return`${r?`…`:``}${e.slice(r,i).replace(dr,``)}${i<e.length?`…`:``}`}var mr=[T,o`
  :host {
    block-size: 100%;
  }
  section {
    position: relative;
    block-size: 100%;
  }
  .panel {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    block-size: 100%;
    background: var(--background);
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
  .fold {
    display: none;
    color: inherit;
    font-size: 0.9375rem;
    font-weight: 650;
    white-space: nowrap;
  }
  .list {
    overflow: auto;
    padding: 0 0.5rem 1rem;
  }
  .hint {
    font-size: 0.8125rem;
  }
  .panel > details {
    max-block-size: 50dvh;
    overflow: auto;
    padding: 0.75rem 1rem;
    border-block-start: 1px solid var(--border);
    font-size: 0.8125rem;
  }
  .code {
    align-items: start;
  }
  pre {
    padding: 0.5rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    user-select: all;
  }
  .list > p,
  .list > button {
    margin: 0.5rem;
  }
  .row {
    display: flex;
    gap: 0.375rem;
  }
  .row button {
    flex: none;
  }
  .gone {
    font-size: 0.8125rem;
  }
  li {
    position: relative;
  }
  [aria-pressed="true"] {
    color: var(--accent);
    background: var(--tint);
  }
  .acts {
    display: flex;
  }
  @media (hover: hover) {
    .acts {
      position: absolute;
      inset: 0.1875rem 0.1875rem auto auto;
      border-radius: var(--radius);
      background: var(--surface);
    }
    .acts .icon { /* four leave the middle of a link free */
      inline-size: 1.625rem;
      block-size: 1.625rem;
    }
    li:not(:hover, :focus-within) .acts {
      background: none;
    }
    li:not(:hover, :focus-within) .acts .icon:not(.only) {
      opacity: 0;
    }
    li a {
      padding-inline-end: 2rem;
    }
  }
  a {
    display: grid;
    flex: 1;
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
      overflow: visible;
    }
    section {
      position: var(--quotewise-documents-position, relative);
    }
    .fold {
      display: inline-flex;
    }
    .panel {
      position: absolute;
      inset: var(--quotewise-bar, 100%) 0 auto;
      z-index: 1;
      block-size: auto;
      max-block-size: 80dvh;
      border-block-end: 1px solid var(--border);
      box-shadow: 0 0.75rem 1.5rem rgb(0 0 0 / 0.15);
    }
    section:not(.open) .panel {
      display: none;
    }
    .head h2 {
      display: none;
    }
  }
`];function hr(e,t,n,r,i){let a=new URL(`static/quotewise-chat.js`,e).href,o=t?` collection="${t}"`:``,s=`<script src="${a}" defer><\/script>\n<quotewise-chat endpoint="${e.href}"${o} api-key="KEY"></quotewise-chat>`,c=`quotewise keys make page --browser --origin https://PAGE${t?` -c ${t}`:``}`,l=e=>g`<div class="bar code"><pre>${e}</pre>
    <button class="icon" aria-label=${r===e?n.copied:n.copyCode} title=${n.copyCode} @click=${()=>i(e)}>${r===e?pt:ft}</button></div>`;return g`<details>
    <summary class="muted">${n.embed}</summary>
    <p>${n.embedKey}</p>
    ${l(c)}
    <p>${n.embedPage}</p>
    ${l(s)}
  </details>`}var gr=3,_r=8,vr=class{constructor(e,t,n){this.service=e,this.texts=t,this.changed=n,this.uploads=[],this.running=0}count(...e){return this.uploads.filter(({state:t})=>e.includes(t)).length}get busy(){return this.count(`waiting`,`sending`,`indexing`)>0}add(e,t,n,r=!1){for(let{path:i,file:a}of e){let e={path:i,file:a,collection:t,replace:r,state:`waiting`,sent:0};a.size>n&&this.refuse(e,new k(`payload-too-large`,this.texts().tooLarge(a.size,n))),this.uploads.push(e)}this.next()}again(e,t=e.replace){Object.assign(e,{replace:t,state:`waiting`,sent:0,problem:void 0}),this.next()}forget(e){let t=e?t=>t!==e:({state:e})=>e===`sending`||e===`indexing`;this.uploads=this.uploads.filter(t),this.changed()}refuse(e,t){Object.assign(e,{state:`refused`,problem:t})}next(){for(;this.running<gr;){let e=this.uploads.find(({state:e})=>e===`waiting`);if(!e)break;this.running++,this.send(e).finally(()=>{this.running--,this.changed(e),this.next()})}this.changed()}async send(e){let{collection:t,path:n,file:r,replace:i}=e;e.state=`sending`;try{await r.slice(0,1).arrayBuffer()}catch{return this.refuse(e,new k(`unreadable-file`,this.texts().unreadableFile))}let a=t=>{Object.assign(e,{sent:t,state:t<1?`sending`:`indexing`}),this.changed()};for(let o=1;;o++)try{e.document=await this.service().put(t,n,r,i,a),e.state=`added`;return}catch(t){let n=t instanceof k?t:new k(`cut-off`,this.texts().cutOff);if(n.retryAfter===null||o===_r)return this.refuse(e,n);await yr(n.retryAfter*1e3)}}},yr=e=>new Promise(t=>setTimeout(t,e));function br(e){let t=Object.assign(document.createElement(`input`),{type:`file`,hidden:!0,...e});return document.body.append(t),new Promise(e=>{let n=()=>{t.remove(),e([...t.files].filter(Cr).map(Sr))};for(let e of[`change`,`cancel`])t.addEventListener(e,n);t.click()})}function xr({items:e,files:t}){let n=[...e].map(e=>e.webkitGetAsEntry?.()).filter(e=>!!e);return n.length?wr(n):Promise.resolve([...t].map(Sr))}var Sr=e=>({path:e.webkitRelativePath||e.name,file:e}),Cr=({webkitRelativePath:e})=>!/(^|\/)\./.test(e);async function wr(e,t=!1){let n=[];for(let r of e)if(!(t&&r.name.startsWith(`.`))){if(r.isDirectory){let e=r.createReader();for(;;){let t=await new Promise((t,n)=>e.readEntries(t,n));if(!t.length)break;n.push(...await wr(t,!0))}}else{let e=await new Promise((e,t)=>r.file(e,t));n.push({path:r.fullPath.slice(1),file:e})}}return n}var Y=100,Tr=1e3,Er=1e4,Dr=1e3,X=class extends B{constructor(...e){super(...e),this.for=null,this.uploads=!1,this.documents=[],this.total=0,this.words=``,this.shownCount=Y,this.collections=[],this.usual=``,this.problem=``,this.refusal=``,this.loading=!0,this.unfolded=!1,this.largest=null,this.made=[],this.unknown=!1,this.also=[],this.renaming=``,this.only=[],this.copied=``,this.loads=Promise.resolve(),this.leaving=new AbortController,this.deletion=new $n(this,e=>this.drop(e)),this.refreshing=0}static{this.styles=mr}get managed(){return this.uploads&&this.largest!==null}get fault(){return this.unknown&&(this.managed||!this.collection)?``:this.problem}get chat(){return this.for?document.querySelector(`#${CSS.escape(this.for)}`):null}connectedCallback(){super.connectedCallback();let e=new URLSearchParams(location.search).get(`collection`);this.for&&e&&this.choose(e)}firstUpdated(){this.only=this.chat?.only??[],this.also=this.chat?.also??[],this.chat?.addEventListener(`quotewise-limit`,e=>this.only=e.detail),this.chat?.addEventListener(`quotewise-several`,e=>this.also=e.detail),this.chat?.addEventListener(`quotewise-collection`,e=>this.choose(e.detail??this.usual))}willUpdate(e){(e.has(`endpoint`)||e.has(`collection`))&&this.again()}async again(){this.deletion.commit(),this.leaving.abort(),this.leaving=new AbortController,await this.queue(async e=>{this.documents=[],this.total=0,this.shownCount=Y,this.loading=!0,await this.load(Y,e),await this.fill(e)}),await this.survey()}async survey(){try{let e=await this.service.collections();this.collections=e.collections.map(({name:e})=>e),this.usual=e.default,this.largest=e.max_upload_bytes}catch(e){this.problemOf(e)}}refresh(){this.refreshing||=window.setTimeout(async()=>{this.refreshing=0,await this.queue(async e=>{await this.load(Math.min(Tr,Math.max(Y,this.documents.length)),e,[]),await this.fill(e)}),await this.survey(),this.chat?.refresh()},Dr)}queue(e){let{signal:t}=this.leaving;return this.loads=this.loads.then(()=>t.aborted?void 0:e(t))}async fill(e){let t=()=>Math.min(this.total,this.words?Er:this.shownCount);for(;this.documents.length<t()&&!this.problem&&!e.aborted;)await this.load(this.words?Tr:Y,e)}async load(e,t,n=this.documents){try{let r=await this.service.documents(this.collection,n.length,e,t);this.documents=[...n,...r.documents],this.total=r.total,this.unknown=!1,this.problem=``}catch(e){if(t.aborted)return;let{kind:n,message:r}=this.problemOf(e);this.unknown=n===`unknown-collection`,this.problem=r}this.loading=!1}choose(e){this.collection=e,this.chat&&(this.chat.collection=e);let t=new URL(location.href);t.searchParams.set(`collection`,e),window.history.replaceState(null,``,t)}make({detail:e}){this.collections.includes(e)||(this.made=[...this.made,e]),this.choose(e)}async follow({detail:{from:e,to:t}}){let n=t=>t.filter(t=>t!==e);this.made=n(this.made),this.chat?.several([]),t&&new Dn(this.address,this.chat?.forget??!1).moved(e,t),await this.survey(),this.choose(t??n([this.usual,...this.collections])[0]??this.usual)}added({detail:e}){this.documents=this.documents.map(t=>t.id===e.id?e:t),this.refresh()}async replace({path:e}){let[t]=await br({});t&&this.uploader.replace(e,t.file)}async rename({id:e}){this.renaming=e,await this.updateComplete,this.renderRoot.querySelector(`li form input`).select()}async renamed(e,t){e.preventDefault();let n=new FormData(e.target).get(`path`).trim();if(this.renaming=this.refusal=``,n!==t.path)try{let e=await this.service.rename(t,n);this.documents=this.documents.map(n=>n.id===t.id?e:n),this.only.includes(t.path)&&this.chat?.limit(this.only.map(e=>e===t.path?n:e)),this.refresh()}catch(e){let{kind:t,message:n}=this.problemOf(e);this.refusal=t===`precondition-failed`?this.texts.pathTaken:n}}async undo({id:e}){this.deletion.undo(),await this.updateComplete,this.renderRoot.querySelector(`[data-id="${e}"] a`)?.focus()}drop(e){let{service:t}=this;this.only.includes(e.path)&&this.chat?.limit(this.only.filter(t=>t!==e.path)),this.documents=this.documents.filter(({id:t})=>t!==e.id),--this.total,t.remove(e.collection,e.path,e.sha256).then(()=>this.chat?.refresh(),e=>{let{kind:t,message:n}=this.problemOf(e);t!==`unknown-document`&&(this.refusal=n),this.refresh()})}narrow(){return this.words=this.filter.value.trim().toLowerCase(),this.shownCount=Y,this.queue(e=>this.fill(e))}more(){return this.shownCount+=Y,this.problem=``,this.queue(e=>this.fill(e))}pick(e,t){!this.chat||e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.unfolded=!1,this.chat.open(t))}async copy(e){await dn(e)&&(this.copied=e,setTimeout(()=>this.copied===e&&(this.copied=``),un))}render(){let{words:e,documents:t,texts:n}=this,{gone:r}=this.deletion,i=this.total-+!!r,a=t.filter(({id:e})=>e!==r?.id),o=e?a.filter(({title:t,path:n})=>`${t}\n${n}`.toLowerCase().includes(e)):a,s=this.loading||this.keyNeeded?v:n.number(i),c=e?o.length>this.shownCount:i>this.shownCount,{managed:l,fault:u}=this,d=l&&!this.loading&&!u&&!i;return g`<section class=${this.unfolded||d?`open`:``} aria-label=${n.documents}>
      <button class="fold" aria-expanded=${this.unfolded||d?`true`:`false`} @click=${()=>this.unfolded=!this.unfolded}>
        ${n.documents} <span class="muted">${s} ${this.unfolded?ht:gt}</span>
      </button>
      <div class="panel"><div class="head">
        <h2>${n.documents} <span class="muted">${s}</span></h2>
        ${this.chosen(l)}
        ${d?v:g`<input type="search" aria-label=${n.filterDocuments} placeholder=${n.filterHint} @input=${this.narrow} />`}
        ${l?g`<quotewise-uploads .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??v} lang=${this.lang} .collection=${this.collection??this.usual}
              .largest=${this.largest} .empty=${d} .area=${this.for?window:this} @quotewise-added=${this.added}></quotewise-uploads>`:v}
      </div>
      <div class="list" tabindex=${o.length?v:`0`}>
        ${this.keyNeeded?this.chat?.empty?v:this.keyForm():u?g`<p class="problem break">${V(u)}</p>`:v}
        ${this.refusal?g`<p class="problem break" role="alert">${V(this.refusal)}</p>`:v}
        ${r?g`<p class="bar gone"><span class="break">${n.removed} <bdi>${V(r.path)}</bdi></span><button class="outlined" @click=${()=>this.undo(r)}>${n.undo}</button></p>`:v}
        ${this.chat&&a.length>1?g`<p class="hint muted">${n.tickToAskOnly}</p>`:v}
        <ul>${o.slice(0,this.shownCount).map(e=>this.item(e,l))}</ul>
        ${c?g`<button class="outlined" @click=${this.more}>${n.showMore}</button>`:v}
        <p class="muted" role="status">${this.state(o.length)}</p>
      </div>
      ${l&&this.chat?hr(this.address,this.collection,n,this.copied,e=>this.copy(e)):v}</div>
    </section>`}chosen(e){let t=this.collection??this.usual,n=[...new Set([...this.collections,...this.made,...e&&t?[t]:[]])];return g`<quotewise-collections .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??v} lang=${this.lang} .names=${n} .collection=${t}
      .also=${this.also} .managed=${e} .known=${this.collections.includes(t)} @quotewise-choose=${({detail:e})=>this.choose(e)} @quotewise-made=${this.make} @quotewise-changed=${this.follow}
      @quotewise-also=${({detail:e})=>this.chat?.several(e)}></quotewise-collections>`}item(e,t){let{texts:n}=this,r=E(e),i=(t,r,i)=>g`<button class="icon" aria-label=${n.nOfConversation(t,Sn(e.path))} title=${t} @click=${i}>${r}</button>`;return this.renaming===e.id?g`<li><form class="row" @submit=${t=>this.renamed(t,e)} @keydown=${({key:e})=>e===`Escape`&&(this.renaming=``)}>
        <input name="path" required aria-label=${n.newPath} .value=${e.path} />
        <button class="primary">${n.save}</button>
      </form></li>`:g`<li data-id=${e.id}><a class="break" href=${this.service.link(e)} @click=${t=>this.pick(t,e)}>
      ${r?g`<bdi>${V(r)}</bdi> <bdi class="muted">${V(e.path)}</bdi>`:g`<bdi>${V(e.path)}</bdi>`}
    </a>${t||this.chat?g`<span class="acts">${t?g`${i(n.rename,Tt,()=>this.rename(e))}${i(n.replace,Ft,()=>this.replace(e))}${i(n.remove,Et,()=>this.deletion.begin(e))}`:v}${this.chat?this.chooser(e):v}</span>`:v}</li>`}chooser({path:e}){let{texts:t,only:n}=this,r=n.includes(e),i=n.filter(t=>t!==e);return g`<button class="icon only" aria-pressed=${r?`true`:`false`} aria-label=${t.nOfConversation(t.askOnly,Sn(e))} title=${t.askOnly}
      @click=${()=>this.chat.limit(r?i:[...n,e].slice(-100))}>${r?jt:Mt}</button>`}state(e){if(this.loading||this.fault||this.keyNeeded)return``;if(!this.words)return this.total||this.managed?``:this.texts.noDocuments;let t=this.documents.length;return t<this.total?this.texts.matchesOfFirst(e,t):this.texts.matches(e)}};z([S()],X.prototype,`for`,void 0),z([S({type:Boolean})],X.prototype,`uploads`,void 0),z([C()],X.prototype,`documents`,void 0),z([C()],X.prototype,`total`,void 0),z([C()],X.prototype,`words`,void 0),z([C()],X.prototype,`shownCount`,void 0),z([C()],X.prototype,`collections`,void 0),z([C()],X.prototype,`usual`,void 0),z([C()],X.prototype,`problem`,void 0),z([C()],X.prototype,`refusal`,void 0),z([C()],X.prototype,`loading`,void 0),z([C()],X.prototype,`unfolded`,void 0),z([C()],X.prototype,`largest`,void 0),z([C()],X.prototype,`made`,void 0),z([C()],X.prototype,`unknown`,void 0),z([C()],X.prototype,`also`,void 0),z([C()],X.prototype,`renaming`,void 0),z([C()],X.prototype,`only`,void 0),z([C()],X.prototype,`copied`,void 0),z([w(`input[type=search]`)],X.prototype,`filter`,void 0),z([w(`quotewise-uploads`)],X.prototype,`uploader`,void 0);var Or=6,kr=200,Ar=2400,jr=`rgb(255 224 102)`,Z=class extends B{constructor(...e){super(...e),this.of={id:``,path:``},this.pages=1,this.page=1,this.boxes=[],this.image=null,this.problem=``,this.images=new Map,this.wanted=``,this.key=e=>`${this.of.id} ${this.of.sha256} ${e}`}static{this.styles=[T,o`
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
  `]}again(){this.wanted=``,this.show()}updated(e){(e.has(`of`)||e.has(`page`))&&this.show(),e.has(`boxes`)&&this.draw()}async show(){let{page:e}=this,t=this.key(e);if(t!==this.wanted){this.wanted=t,this.problem=``,this.image=null;try{let n=await this.picture(e);if(t!==this.wanted)return;this.image=n}catch(e){t===this.wanted&&(this.problem=this.problemOf(e).message);return}await this.updateComplete,this.draw();for(let t of[e+1,e-1])t>=1&&t<=this.pages&&this.picture(t).catch(()=>{})}}get width(){return Math.min(Ar,Math.max(3,Math.ceil(this.clientWidth*devicePixelRatio/kr))*kr)}picture(e){let t=this.key(e),n=this.images.get(t);return n||(n=this.service.page(this.of.id,e,this.width).then(t=>createImageBitmap(t).catch(()=>{throw new k(`unreadable-picture`,this.texts.damagedPicture(e))})),n.catch(()=>this.images.delete(t)),this.images.set(t,n),this.images.size>Or&&this.images.delete(this.images.keys().next().value)),n}draw(){let{canvas:e,image:t}=this;if(!t||!e)return;Object.assign(e,{width:t.width,height:t.height});let n=e.getContext(`2d`);n.drawImage(t,0,0),n.globalCompositeOperation=`multiply`,n.fillStyle=jr;let r=this.boxes.filter(({page:e})=>e===this.page);for(let{left:e,top:i,right:a,bottom:o}of r)n.fillRect(e*t.width,i*t.height,(a-e)*t.width,(o-i)*t.height);let i=Math.min(...r.map(e=>e.top));this.scroller.scrollTop=r.length?i*e.clientHeight-this.scroller.clientHeight/3:0}turn(e){let t=Math.min(Math.max(Math.round(e)||1,1),this.pages);return t!==this.page&&this.dispatchEvent(new CustomEvent(`quotewise-turn`,{detail:t})),t}jump({target:e}){let t=e;t.value=`${this.turn(Number(t.value))}`}pressed(e){let t={ArrowLeft:-1,ArrowRight:1}[e.key];!t||e.altKey||e.ctrlKey||e.metaKey||(e.preventDefault(),this.turn(this.page+t))}render(){let{page:e,pages:t,problem:n,image:r,texts:i}=this,a=this.boxes.some(t=>t.page===e),o=(e,n,r)=>g`<button class="icon"
      aria-label=${n} title=${n} aria-disabled=${e<1||e>t?`true`:v} @click=${()=>this.turn(e)}>${r}</button>`;return g`<section aria-label=${i.page} aria-busy=${r||n?`false`:`true`}>
      <nav aria-label=${i.pages}>
        ${o(e-1,i.previousPage,_t)}
        <label class="muted">${i.page} <input type="number" min="1" max=${t} .value=${`${e}`} @change=${this.jump} /> ${i.ofPages(t)}</label>
        ${o(e+1,i.nextPage,vt)}
      </nav>
      <div class="sheet" part="source-page" role="region" aria-label=${i.pictureOfPage} tabindex="0" @keydown=${this.pressed}>
        ${this.keyNeeded?v:n?g`<div class="problem break" role="alert"><p>${i.pageFails(e)} ${V(n)}</p>
                <button class="outlined" @click=${this.again}>${i.tryAgain}</button></div>`:r?v:g`<p class="loading muted">${i.loadingPage(e)}</p>`}
        <canvas role="img" aria-label=${(a?i.markedPage:i.pageOfDocument)(e,this.of.path)}></canvas>
      </div>
    </section>
    <p class="unseen" role="status">${r?i.pageOf(e,t):``}</p>`}};z([S({attribute:!1})],Z.prototype,`of`,void 0),z([S({attribute:!1})],Z.prototype,`pages`,void 0),z([S({attribute:!1})],Z.prototype,`page`,void 0),z([S({attribute:!1})],Z.prototype,`boxes`,void 0),z([C()],Z.prototype,`image`,void 0),z([C()],Z.prototype,`problem`,void 0),z([w(`canvas`)],Z.prototype,`canvas`,void 0),z([w(`.sheet`)],Z.prototype,`scroller`,void 0);var Mr={PDF:`application/pdf`,Word:`application/vnd.openxmlformats-officedocument.wordprocessingml.document`,Excel:`application/vnd.openxmlformats-officedocument.spreadsheetml.sheet`,PowerPoint:`application/vnd.openxmlformats-officedocument.presentationml.presentation`,HTML:`text/html`,Markdown:`text/markdown`,TXT:`text/plain`},Q=class extends B{constructor(...e){super(...e),this.only=[],this.also=[],this.found=null,this.problem=``}static{this.styles=[T,o`
    :host {
      overflow: auto;
      min-block-size: 0;
      padding: 1rem 1.25rem;
    }
    form,
    ol,
    p {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    form,
    details div {
      display: grid;
      gap: 0.5rem;
    }
    .row {
      display: flex;
      gap: 0.375rem;
    }
    details div {
      grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
      padding-block-start: 0.5rem;
    }
    li {
      padding-block: 0.75rem;
      border-block-end: 1px solid var(--border);
    }
    .snippet {
      --lines: 3;
    }
  `]}focus(){this.words.focus()}again(){this.search()}async search(e){e?.preventDefault();let{words:t,folder:n,type:r,from:i,to:a,key:o,value:s}=Object.fromEntries(new FormData(this.form)),c={...this.only.length&&{paths:this.only},...n&&{path_prefix:n.replace(/[^/]$/,`$&/`)},...r&&{media_type:r},...i&&{indexed_from:i},...a&&{indexed_to:a},...o&&s&&{metadata:{[o]:s}}};this.problem=``;try{this.found=await this.service.search(t,this.collection,this.also,c)}catch(e){this.found=null,this.problem=this.problemOf(e).message}}open(e,t){e.metaKey||e.ctrlKey||e.shiftKey||(e.preventDefault(),this.dispatchEvent(new CustomEvent(`quotewise-open`,{detail:{citation:t,opener:e.currentTarget}})))}render(){let{texts:e,found:t}=this,n=(e,t,n=`text`)=>g`<label class="muted">${t}<input name=${e} type=${n} /></label>`;return g`<form role="search" @submit=${this.search}>
        <div class="row">
          <input name="words" type="search" required maxlength="2000" aria-label=${e.searchPassages} placeholder=${e.searchPassages} />
          <button class="primary">${e.search}</button>
        </div>
        <details>
          <summary class="muted">${e.limits}</summary>
          <div>
            ${n(`folder`,e.folder)}
            <label class="muted">${e.kind}<select name="type"><option value="">${e.any}</option>${Object.entries(Mr).map(([e,t])=>g`<option value=${t}>${e}</option>`)}</select></label>
            ${n(`from`,e.indexedFrom,`date`)} ${n(`to`,e.indexedTo,`date`)}
            ${n(`key`,e.field)} ${n(`value`,e.valueOfField)}
          </div>
        </details>
      </form>
      ${this.keyNeeded?this.keyForm():this.problem?g`<p class="problem break">${V(this.problem)}</p>`:v}
      <p class="muted" role="status">${t?e.passagesFound(t.length):``}</p>
      <ol>${t?.map(e=>this.result(e))}</ol>`}result(e){let{document:t,place:n,quote:r}=e;return g`<li class="break">
      <a href=${this.service.link(t,e)} @click=${t=>this.open(t,e)}><bdi>${V(E(t)??t.path)}</bdi>, ${D(n,this.texts)}</a>
      <div class="muted"><bdi>${V(t.path)}</bdi></div>
      <div class="clamped snippet" dir="auto">${V(r)}</div>
    </li>`}};z([S({attribute:!1})],Q.prototype,`only`,void 0),z([S({attribute:!1})],Q.prototype,`also`,void 0),z([C()],Q.prototype,`found`,void 0),z([C()],Q.prototype,`problem`,void 0),z([w(`form`)],Q.prototype,`form`,void 0),z([w(`input[type=search]`)],Q.prototype,`words`,void 0);var Nr=4e3;function Pr({document:e,text:t},n,r,i,a){let{start:o,end:s}=n,c=e=>({marks:[],quote:null,notice:e});if(o===void 0&&s===void 0)return c(``);if(n.quote===void 0&&!e.sha256.startsWith(n.document.sha256??``))return c(a.changedSinceLink);if(!(Number.isInteger(o)&&Number.isInteger(s)&&o>=0&&o<s))return c(a.noRange(e.characters));let[l,u]=gn(t,[o,s]);if(l<0||u<0)return c(a.outOfRange(o,s,e.characters));if(n.quote!==void 0&&t.slice(l,u)!==n.quote)return c(a.changedSinceQuote);let d=[{start:o,end:s,kind:`quote`},...(n.highlights??[]).map(e=>({...e,kind:`highlight`}))];return i&&r[i.citation-1]===n&&d.push({...i,kind:`short`}),{marks:[...vn(t,d),...vn(t,Fr(e,n,r))],quote:{start:l,end:u},notice:``}}function Fr({id:e,sha256:t},n,r){return r.filter(r=>r!==n&&r.document.id===e&&r.document.sha256===t).flatMap(({start:e,end:t})=>t===void 0?[]:[{start:e,end:t,kind:`other`}])}function Ir(e,t){if(t<=0)return 0;if(t>=e.length)return e.length;let n=Math.max(e.lastIndexOf(`
`,t-1),e.lastIndexOf(`\r`,t-1))+1;return e[n]===`
`&&e[n-1]===`\r`&&n++,t-n<2e3?n:(e.charCodeAt(t)&64512)==56320?t-1:t}function Lr(e,t){let n=Rr(e);if(!n||n.collapsed)return null;let r=Br(e,n.startContainer,n.startOffset),i=Br(e,n.endContainer,n.endOffset)??zr(e);if(r===null||i===null)return null;let a=t.slice(r,i),o={start:r+a.length-a.trimStart().length,end:r+a.trimEnd().length};return o.start<o.end?o:null}function Rr(e){let t=document.getSelection();if(t?.getComposedRanges)return t.getComposedRanges({shadowRoots:[e]})[0]??null;let n=e.getSelection?.()??t;return n?.rangeCount?n.getRangeAt(0):null}function zr(e){let t=[...e.querySelectorAll(`[data-start]`)].at(-1);return t?Number(t.dataset.start)+t.textContent.length:null}function Br(e,t,n){let r=(t instanceof Element?t:t.parentElement)?.closest(`[data-start]`);if(!r||!e.contains(r))return null;let i=document.createRange();return i.setStart(r,0),i.setEnd(t,n),Number(r.dataset.start)+i.toString().length}var Vr=[T,Je,o`
  :host {
    block-size: 100%;
    background: var(--surface);
    container-type: inline-size;
  }
  section {
    display: grid;
    grid-template-rows: auto auto auto minmax(0, 1fr);
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
  .marking {
    grid-row: 3;
    min-block-size: 3.25rem; /* of two lines */
    padding: 0.375rem 0.75rem 0.375rem 1.125rem;
    border-block-end: 1px solid var(--border);
    background: var(--tint);
  }
  .marking span {
    --lines: 2;
  }
  .body {
    display: grid;
    grid-row: 4; /* also where there is no notice */
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
`],Hr=2e4,Ur=3,Wr=/\/documents\/([^/]+)\/view$/,Gr=/^[0-9a-f]{16}$/,Kr=`application/pdf`,qr=e=>e.preventDefault(),Jr=`text/markdown`,$=class extends B{constructor(...e){super(...e),this.document=null,this.start=null,this.end=null,this.sha256=null,this.places=[],this.current=0,this.short=null,this.beside=!1,this.marking=!1,this.right=``,this.source=null,this.problem=``,this.notice=``,this.window={start:0,end:0,line:1},this.copied=!1,this.boxes=[],this.page=1,this.pageFirst=!0,this.plainly=!1,this.selected=null,this.addressed=!1,this.marks=[],this.quote=null,this.printed=``,this.sources=new Map,this.selecting=()=>{let e=this.source&&Lr(this.renderRoot,this.source.text);(e?.start!==this.selected?.start||e?.end!==this.selected?.end)&&(this.selected=e,this.copied=!1)}}static{this.styles=Vr}focus(){this.heading.focus({preventScroll:!0})}connectedCallback(){super.connectedCallback(),globalThis.document.addEventListener(`selectionchange`,this.selecting);let[,e]=!this.document&&!this.places.length&&Wr.exec(location.pathname)||[];if(!e)return;if(!Gr.test(e))return void(this.problem=this.texts.unknownDocument);let t=new URLSearchParams(location.search);this.document=e,this.addressed=!0,(t.has(`start`)||t.has(`end`))&&(this.start=Number(t.get(`start`)||NaN),this.end=Number(t.get(`end`)||NaN),this.sha256=t.get(`sha256`))}disconnectedCallback(){super.disconnectedCallback(),globalThis.document.removeEventListener(`selectionchange`,this.selecting)}willUpdate(e){if([`document`,`start`,`end`,`sha256`].some(t=>e.has(t))&&this.document){let e={id:this.document,sha256:this.sha256??void 0};this.places=[{document:e,start:this.start??void 0,end:this.end??void 0}],this.current=0}e.has(`marking`)&&this.marking&&(this.pageFirst=!1),this.wanted!==this.places[this.current]&&this.show()}again(){this.show()}async show(){let e=this.wanted=this.places[this.current];if(!e)return;this.problem=``,this.copied=!1,this.boxes=[],this.printed=D(e.place??``,this.texts),this.source?.document.id!==e.document.id&&(this.source=null,this.page=e.page??1);let t;try{t=await this.read(e.document)}catch(t){this.sources.clear();let n=this.problemOf(t),r=n.kind===`unknown-document`;e===this.wanted&&(this.problem=r?this.texts.unknownDocument:n.message);return}if(e!==this.wanted)return;this.source=t,this.mark(t,e);let n=this.quote?.start??0;this.page=t.structure.parts.findLast(({kind:e,start:t})=>e===`page`&&t<=n)?.number??1,this.locate(e),await this.updateComplete,this.reveal(),this.addressed&&(globalThis.document.title=`${Sn(t.document.title)} – Quotewise`)}read({id:e,sha256:t}){let n=`${e} ${t}`,r=this.sources.get(n);if(!r){let{service:t}=this,i=t.structure(e).catch(()=>({parts:[],blocks:[]}));r=Promise.all([t.document(e),t.text(e),i]).then(([e,t,n])=>({document:e,text:t,structure:Mn(t,{...n,parts:n.parts.map(e=>({...e,place:D(e.place,this.texts)}))})})),this.sources.set(n,r),this.sources.size>Ur&&this.sources.delete(this.sources.keys().next().value)}return r}async locate(e){if(this.quote)try{let{place:t,boxes:n}=await this.service.place(e.document.id,{start:e.start,end:e.end});if(e!==this.wanted)return;this.printed||=D(t,this.texts),this.boxes=n,this.requestUpdate()}catch{}}reveal(e=`.quote`){let t=[...this.renderRoot.querySelectorAll(e)].find(e=>e.getClientRects().length),n=t?t.getBoundingClientRect().top-this.scroller.getBoundingClientRect().top:0;this.scroller.scrollTop=t?this.scroller.scrollTop+n-this.scroller.clientHeight/4:0}async turn(e){this.page=e;let{text:t,structure:n}=this.source??{text:``,structure:{parts:[]}},r=n.parts.find(({number:t})=>t===e)?.start;r!==void 0&&((r<this.window.start||r>=this.window.end)&&this.look(Ir(t,r-Nr),Ir(t,r+Nr)),await this.updateComplete,this.reveal(`[data-part="page ${e}"]`))}async view(e){this.pageFirst=e,await this.updateComplete,this.reveal()}mark(e,t){let{text:n}=e;Object.assign(this,Pr(e,t,this.places,this.short,this.texts));let r=this.quote??{start:0,end:0};this.look(Ir(n,r.start-Nr),Ir(n,Math.min(r.end,r.start+Hr)+Nr))}more(e){let{text:t}=this.source,{start:n,end:r}=this.window,i=this.scroller.scrollHeight-this.scroller.scrollTop;e===`below`?this.look(n,Ir(t,r+Hr)):(this.look(Ir(t,n-Hr),r),this.updateComplete.then(()=>this.scroller.scrollTop=this.scroller.scrollHeight-i))}look(e,t){this.window={start:e,end:t,line:1+yn(this.source.text,e)}}move(e){let t=(e+this.places.length)%this.places.length;this.dispatchEvent(new CustomEvent(`quotewise-move`,{detail:t})),this.current=t}async copyQuote(){let{document:e,text:t}=this.source,n=t.slice(this.quote.start,this.quote.end);this.copied=await dn(tt({quote:n,place:this.printed,document:e},this.link()))}async copySelected(){let{document:e,text:t}=this.source,{start:n,end:r}=this.selected,i={start:_n(t,n),end:_n(t,r)},{place:a}=await this.service.place(e.id,i).catch(()=>({place:``}));this.copied=await dn(tt({quote:t.slice(n,r),place:D(a,this.texts),document:e},this.service.link(e,i)))}callRight(){let{document:e,text:t}=this.source,{start:n,end:r}=this.selected,{id:i,path:a}=e,o={document:{id:i,path:a},start:_n(t,n),end:_n(t,r),quote:t.slice(n,r)};this.dispatchEvent(new CustomEvent(`quotewise-right`,{detail:o}))}link(){let e=this.places[this.current];return this.service.link(this.source?.document??e.document,this.quote?e:void 0)}render(){let{source:e,problem:t,notice:n,keyNeeded:r,texts:i}=this,a=this.places[this.current],o=e?.document??a?.document,s=o?.path&&E(o),c=[s&&g`<bdi>${V(o.path)}</bdi>`,this.quote&&this.printed&&g`<bdi>${V(this.printed)}</bdi>`],l=!t&&o?.media_type===Kr;return g`<section aria-label=${i.source} aria-busy=${!e&&!t}>
      <header>
        <div>
          <h2 tabindex="-1" class="break" part="source-title"><bdi>${V(s||o?.path||(t?i.noDocument:i.source))}</bdi></h2>
          <p class="muted break">${c.filter(Boolean).map((e,t)=>g`${t?`, `:``}${e}`)}</p>
        </div>
        ${this.controls(e,l)}
      </header>
      <div class="notices" role="status">${r?this.keyForm():t||n?g`<p class="problem break">${V(t||n)}</p>`:v}</div>
      ${this.marking&&e?this.correction():v}
      <div class="body ${l?`paged`:``} ${this.pageFirst?`page`:``}">
        ${l?this.pages(o):v}
        <div class="text ${o?.media_type===Jr&&!this.plainly?`flowing`:``}" part="source-text" role="region" aria-label=${i.textOfDocument} tabindex="0">
          ${e?this.content(e):t?v:g`<p class="more muted">${i.loadingDocument}</p>`}
        </div>
      </div>
    </section>`}correction(){let{texts:e,right:t,selected:n}=this;return g`<div class="bar marking"><span class="clamped muted" role="status">${t?g`${e.rightKept} <q dir="auto">${V(t)}</q>`:e.selectRight}</span>
      <button class="outlined" ?disabled=${!n} @mousedown=${qr} @click=${this.callRight}>${e.thisIsRight}</button></div>`}pages(e){let t=Math.max(this.page,this.source?.structure.parts.at(-1)?.number??1);return g`<quotewise-page exportparts="source-page" .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme??v} lang=${this.lang}
      .of=${e} .pages=${t} .page=${this.page} .boxes=${this.boxes} @quotewise-turn=${e=>this.turn(e.detail)}></quotewise-page>`}controls(e,t){let{places:n,current:r,beside:i,pageFirst:a,plainly:o,copied:s,texts:c}=this,l=(e,t)=>g`<button class="icon" aria-label=${s?c.copied:e}
      title=${e} @mousedown=${qr} @click=${t}>${s?pt:ft}</button>`;return g`<nav aria-label=${c.quotes}>
      ${t?g`<div class="views" role="group" aria-label=${c.view}>
            <button aria-pressed=${a?`true`:`false`} @click=${()=>this.view(!0)}>${c.page}</button>
            <button aria-pressed=${a?`false`:`true`} @click=${()=>this.view(!1)}>${c.text}</button>
          </div>`:v}
      ${e?.structure.blocks.length?g`<button aria-pressed=${o?`true`:`false`} @click=${this.change}>${c.plainText}</button>`:v}
      ${n.length>1?g`<button class="icon" aria-label=${c.previousQuote} title=${c.previousQuote} @click=${()=>this.move(r-1)}>${ht}</button>
            <span class="muted" role="status">${c.nOf(r+1,n.length)}</span>
            <button class="icon" aria-label=${c.nextQuote} title=${c.nextQuote} @click=${()=>this.move(r+1)}>${gt}</button>`:v}
      ${this.selected?l(c.copySelection,this.copySelected):e&&this.quote?l(c.copyQuote,this.copyQuote):v}
      ${i?g`<a class="button icon" href=${this.link()} target="_blank" rel="noopener" aria-label=${c.openAlone} title=${c.openAlone}>${yt}</a>
            <button class="icon" aria-label=${c.closeSource} title=${c.close} @click=${this.close}>${mt}</button>`:v}
    </nav>`}async change(){this.plainly=!this.plainly,await this.updateComplete,this.reveal()}content({document:e,text:t,structure:n}){let{start:r,end:i}=this.window,a=n.blocks.length&&!this.plainly;return g`
      ${r>0?g`<div class="more"><button class="outlined" @click=${()=>this.more(`above`)}>${ht} ${this.texts.moreAbove}</button></div>`:v}
      ${a?Pn(t,this.window,n,this.marks,this.texts.table):Nn(t,this.window,n.parts,this.marks,e.encoding!==``)}
      ${i<t.length?g`<div class="more"><button class="outlined" @click=${()=>this.more(`below`)}>${gt} ${this.texts.moreBelow}</button></div>`:v}
    `}close(){this.dispatchEvent(new CustomEvent(`quotewise-close`))}};z([S()],$.prototype,`document`,void 0),z([S({type:Number})],$.prototype,`start`,void 0),z([S({type:Number})],$.prototype,`end`,void 0),z([S()],$.prototype,`sha256`,void 0),z([S({attribute:!1})],$.prototype,`places`,void 0),z([S({attribute:!1})],$.prototype,`current`,void 0),z([S({attribute:!1})],$.prototype,`short`,void 0),z([S({attribute:!1})],$.prototype,`beside`,void 0),z([S({attribute:!1})],$.prototype,`marking`,void 0),z([S({attribute:!1})],$.prototype,`right`,void 0),z([C()],$.prototype,`source`,void 0),z([C()],$.prototype,`problem`,void 0),z([C()],$.prototype,`notice`,void 0),z([C()],$.prototype,`window`,void 0),z([C()],$.prototype,`copied`,void 0),z([C()],$.prototype,`boxes`,void 0),z([C()],$.prototype,`page`,void 0),z([C()],$.prototype,`pageFirst`,void 0),z([C()],$.prototype,`plainly`,void 0),z([C()],$.prototype,`selected`,void 0),z([w(`.text`)],$.prototype,`scroller`,void 0),z([w(`h2`)],$.prototype,`heading`,void 0);var Yr=50,Xr=[`refused`,`sending`,`indexing`,`waiting`,`added`],Zr=class extends B{constructor(...e){super(...e),this.largest=1/0,this.empty=!1,this.area=this,this.over=!1,this.problem=``,this.uploading=new vr(()=>this.service,()=>this.texts,e=>{e?.problem&&this.problemOf(e.problem),e?.state===`added`&&this.dispatchEvent(new CustomEvent(`quotewise-added`,{detail:e.document})),this.requestUpdate()}),this.dragged=e=>{let{dataTransfer:t}=e;t?.types.includes(`Files`)&&(e.preventDefault(),e.type===`dragleave`&&e.relatedTarget||(this.over=e.type===`dragenter`||e.type===`dragover`,t.dropEffect=`copy`,e.type===`drop`&&this.take(xr(t))))},this.leaving=e=>{this.uploading.busy&&e.preventDefault()}}static{this.styles=[T,o`
    .zone {
      display: flex;
      flex-wrap: wrap;
      gap: 0.375rem;
      align-items: center;
    }
    .zone.empty,
    .zone.over {
      justify-content: center;
      padding: 1.25rem 0.75rem;
      border: 1px dashed var(--accent);
      border-radius: var(--radius);
      text-align: center;
    }
    .zone.over {
      background: var(--tint);
    }
    .zone > :not(button) {
      flex: 1 1 100%;
    }
    .progress {
      display: grid;
      gap: 0.375rem;
      margin-block-start: 0.75rem;
    }
    .sum {
      font-size: 0.8125rem;
    }
    ul {
      max-block-size: 16rem;
      overflow: auto;
      font-size: 0.8125rem;
    }
    li {
      padding-block: 0.25rem;
      border-block-start: 1px solid var(--border);
    }
    progress {
      display: block;
      inline-size: 100%;
      block-size: 0.375rem;
      accent-color: var(--accent);
    }
    .refusal {
      color: var(--warning);
    }
  `]}disconnectedCallback(){super.disconnectedCallback(),this.listen(this.area,`removeEventListener`),window.removeEventListener(`beforeunload`,this.leaving)}willUpdate(e){if(!e.has(`area`))return;let t=e.get(`area`);t&&this.listen(t,`removeEventListener`),this.listen(this.area,`addEventListener`),window.addEventListener(`beforeunload`,this.leaving)}again(){for(let e of this.uploading.uploads)e.problem?.status===401&&this.uploading.again(e)}replace(e,t){this.add([{path:e,file:t}],!0)}listen(e,t){for(let n of[`dragenter`,`dragover`,`dragleave`,`drop`])e[t](n,this.dragged)}async take(e){this.problem=``;try{this.add(await e)}catch{this.problem=this.texts.unreadableFile}}add(e,t=!1){this.uploading.add(e,this.collection,this.largest,t)}render(){let{texts:e,over:t,empty:n,uploading:r}=this;return g`<div class="zone ${n?`empty`:``} ${t?`over`:``}">
        ${t?g`<strong>${e.dropNow}</strong>`:n?g`<strong>${e.dropHere}</strong><p class="muted">${e.dropKinds}</p>`:v}
        <button class=${n?`primary`:`outlined`} @click=${()=>this.take(br({multiple:!0}))}>${St}${e.addDocuments}</button>
        <button @click=${()=>this.take(br({webkitdirectory:!0}))}>${e.addFolder}</button>
      </div>
      ${this.keyNeeded?this.keyForm():this.problem?g`<p class="refusal" role="alert">${this.problem}</p>`:v}
      ${r.uploads.length?this.progress():v}`}progress(){let{texts:e,uploading:t}=this,{uploads:n,busy:r}=t,i=n.filter(({state:e,problem:t})=>e===`refused`&&t?.kind!==`precondition-failed`),a=[...n].sort((e,t)=>Xr.indexOf(e.state)-Xr.indexOf(t.state)).slice(0,Yr),o=r||t.count(`refused`)>0;return g`<section class="progress" aria-label=${e.uploads}>
      <div class="bar sum">
        <span aria-live="polite">${r?e.uploadsGoing(t.count(`added`,`refused`),n.length):e.uploadsDone(t.count(`added`),t.count(`refused`))}</span>
        ${r?g`<button @click=${()=>t.forget()}>${e.stop}</button>`:g`<button class="icon" aria-label=${e.close} title=${e.close} @click=${()=>t.forget()}>${mt}</button>`}
      </div>
      ${i.length>1&&!r?g`<button class="outlined" @click=${()=>i.forEach(e=>t.again(e))}>${e.tryAllAgain}</button>`:v}
      ${o?g`<ul tabindex="0" aria-label=${e.uploads}>${a.map(e=>this.row(e))}</ul>`:v}
      ${o&&n.length>Yr?g`<p class="muted">${e.andMore(n.length-Yr)}</p>`:v}
    </section>`}row(e){let{texts:t,uploading:n}=this,{path:r,state:i,sent:a,problem:o}=e,s=o?.kind===`precondition-failed`;return g`<li class="break">
      <bdi>${V(r)}</bdi> <span class="muted">${i===`refused`?v:t.uploadStates[i]}</span>
      ${i===`sending`||i===`indexing`?g`<progress aria-label=${t.uploadOf(r)} value=${i===`sending`?a:v}></progress>`:v}
      ${o?g`<p class="refusal">${V(s?t.nameTaken:o.message)}</p>
            <button class="outlined" aria-label=${t.nOfConversation(s?t.replace:t.tryAgain,r)} @click=${()=>n.again(e,s)}>${s?t.replace:t.tryAgain}</button>
            <button aria-label=${t.nOfConversation(t.leaveOut,r)} @click=${()=>n.forget(e)}>${t.leaveOut}</button>`:v}
    </li>`}};z([S({attribute:!1})],Zr.prototype,`largest`,void 0),z([S({attribute:!1})],Zr.prototype,`empty`,void 0),z([S({attribute:!1})],Zr.prototype,`area`,void 0),z([C()],Zr.prototype,`over`,void 0),z([C()],Zr.prototype,`problem`,void 0);var Qr={"quotewise-page":Z,"quotewise-source":$,"quotewise-turn":U,"quotewise-composer":K,"quotewise-conversations":J,"quotewise-chat":W,"quotewise-results":Q,"quotewise-uploads":Zr,"quotewise-collections":G,"quotewise-documents":X};for(let[e,t]of Object.entries(Qr))customElements.get(e)||customElements.define(e,t);document.body?.dataset.texts!==void 0&&rn(document)})();