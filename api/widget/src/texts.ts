/** The texts of the interface: one file a language, chosen by the `lang` of an element or else by the browser. */

import { de } from "./texts/de";
import { en, type Texts } from "./texts/en";
import { es } from "./texts/es";
import { fr } from "./texts/fr";
import { zh } from "./texts/zh";

export type { Texts } from "./texts/en";

const LANGUAGES: Record<string, Texts> = { en, de, fr, es, zh };

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0];

/** The first of these language tags that there are texts in; English where there is none. */
export const languageOf = (tags: readonly string[]): string => tags.map(primary).find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";

export const textsIn = (language: string): Texts => LANGUAGES[languageOf([language])];

/** Put the texts of the browser's language into a page of the service: each element names its text by `data-text`. */
export function translate(root: ParentNode): void {
  const language = languageOf(navigator.languages);
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll<HTMLElement>("[data-text]")) {
    const text = textsIn(language)[element.dataset.text as keyof Texts];
    if (typeof text === "string") element.textContent = text;
  }
}
