/** Numbers and what is counted, as a language writes them. */

/** "1 quote", "2,000 quotes"; the last form is for what the language does not count as one. */
export function counter(locale: string): (n: number, one: string, other: string) => string {
  const rules = new Intl.PluralRules(locale);
  return (n, one, other) => `${n.toLocaleString(locale)} ${rules.select(n) === "one" ? one : other}`;
}

/** A number with separators, such as 2,000. */
export const numbers = (locale: string) => (n: number): string => n.toLocaleString(locale);
