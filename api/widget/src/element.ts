/** What the elements share: the service they speak to, the key they send, and how they look. */

import { LitElement, html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Problem, Service } from "./service";
import { languageOf, textsIn, type Texts } from "./texts";

const script = document.currentScript as HTMLScriptElement | null;
const HOME = new URL("..", script?.src || document.baseURI).href;
const KEY_GIVEN = "quotewise-key";

export class ServiceElement extends LitElement {
  /** Address of the service; by default the one that this script came from. */
  @property() endpoint: string | null = null;
  @property({ attribute: "api-key" }) apiKey: string | null = null;
  @property() collection: string | null = null;
  /** `light` or `dark`; by default as the visitor's system has it. */
  @property({ reflect: true }) theme: string | null = null;
  /** Language of the texts; by default the browser's, where there are texts in it. */
  @property({ reflect: true }) lang = "";
  @state() protected keyNeeded = false;

  get texts(): Texts {
    return textsIn(this.lang);
  }

  get service(): Service {
    const endpoint = this.address;
    return new Service(endpoint, this.apiKey || stored(endpoint), this.texts);
  }

  get address(): URL {
    const url = new URL(this.endpoint || HOME, document.baseURI);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  }

  connectedCallback(): void {
    super.connectedCallback();
    this.lang ||= languageOf(navigator.languages);
    window.addEventListener(KEY_GIVEN, this.keyGiven);
  }

  disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener(KEY_GIVEN, this.keyGiven);
  }

  /** What to do again once there is a key. */
  protected again(): void {}

  /** A problem as it came, or what an error amounts to; asks for a key where that is what is missing. */
  protected problemOf(error: unknown): Problem {
    const problem = error instanceof Problem ? error : new Problem("cut-off", this.texts.cutOff);
    if (problem.status !== 401 || this.apiKey) return problem;
    this.askKey();
    return new Problem(problem.kind, this.texts.keyMissing, problem.status);
  }

  /** Ask for the key where the user is. */
  private askKey(): void {
    if (this.keyNeeded) return;
    this.keyNeeded = true;
    if (this.matches(":focus-within")) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("#key")?.focus());
  }

  protected keyForm(): TemplateResult {
    return html`<form class="key" part="key" @submit=${this.giveKey}>
      <label for="key">${this.texts.keyAsked}</label>
      <div>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required />
        <button class="primary">${this.texts.useKey}</button>
      </div>
    </form>`;
  }

  private keyGiven = (): void => {
    if (!this.keyNeeded) return;
    this.keyNeeded = false;
    this.again();
  };

  private giveKey(event: SubmitEvent): void {
    event.preventDefault();
    const key = new FormData(event.target as HTMLFormElement).get("key") as string;
    try {
      sessionStorage.setItem(keyName(this.address), key.trim());
    } catch {
      this.apiKey = key.trim();
    }
    window.dispatchEvent(new Event(KEY_GIVEN));
  }
}

const keyName = (endpoint: URL): string => `quotewise-key:${endpoint}`;

function stored(endpoint: URL): string | null {
  try {
    return sessionStorage.getItem(keyName(endpoint));
  } catch {
    return null;
  }
}

/** How long it is said that something was copied, in milliseconds. */
export const CONFIRMED = 4000;

/** Copy a text; also where a page that is not served securely has no clipboard. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}
