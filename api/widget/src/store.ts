/** Conversations, kept in the browser: each under a name of its own, so that two tabs do not write over each other's. */

import type { Conversation } from "./conversation";

/** Written with each conversation; what a newer version wrote is neither read nor changed. */
const VERSION = 1;

export interface Kept {
  conversations: Conversation[];
  /** How many there are that a newer version of this script wrote. */
  newer: number;
}

const prefix = (endpoint: URL): string => `quotewise-conversation:${endpoint}:`;
const currentName = (endpoint: URL, collection: string | null): string => `quotewise-current:${endpoint}:${collection ?? ""}`;

/** All that can be read, the last changed first. */
export function kept(endpoint: URL): Kept {
  const found: Kept = { conversations: [], newer: 0 };
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(prefix(endpoint))) continue;
      const read = parsed(localStorage.getItem(name));
      if (read === "newer") found.newer++;
      else if (read) found.conversations.push(read);
    }
  } catch {
    // storage is refused
  }
  found.conversations.sort((a, b) => b.changed - a.changed);
  return found;
}

function parsed(stored: string | null): Conversation | "newer" | null {
  try {
    const { version, conversation } = JSON.parse(stored ?? "null");
    if (version > VERSION) return "newer";
    const turns = conversation.turns.map((turn: Conversation["turns"][number]) =>
      turn.state === "asking" ? { ...turn, state: "stopped" } : turn, // it was cut off by leaving the page
    );
    if (!turns.every((turn: Conversation["turns"][number]) => typeof turn.question === "string" && turn.citations && turn.closest)) return null;
    return { ...conversation, turns };
  } catch {
    return null; // something of another time
  }
}

/** Whether it was kept: storage may be refused or full. One without turns is not kept. */
export function keep(endpoint: URL, conversation: Conversation): boolean {
  const name = prefix(endpoint) + conversation.id;
  try {
    if (conversation.turns.length) localStorage.setItem(name, JSON.stringify({ version: VERSION, conversation }));
    else localStorage.removeItem(name);
    return true;
  } catch {
    return false;
  }
}

export function remove(endpoint: URL, { id }: Conversation): void {
  try {
    localStorage.removeItem(prefix(endpoint) + id);
  } catch {
    // storage is refused: there was nothing
  }
}

/** The conversation that this tab was in. */
export function current(endpoint: URL, collection: string | null): Conversation | null {
  try {
    const id = sessionStorage.getItem(currentName(endpoint, collection));
    const found = id && parsed(localStorage.getItem(prefix(endpoint) + id));
    return found && found !== "newer" ? found : null;
  } catch {
    return null;
  }
}

export function setCurrent(endpoint: URL, collection: string | null, id: string | null): void {
  try {
    if (id) sessionStorage.setItem(currentName(endpoint, collection), id);
    else sessionStorage.removeItem(currentName(endpoint, collection));
  } catch {
    // refused: a reload begins a new one
  }
}

/** Whether an event of the storage, which other tabs cause, is about conversations of a service, and the id of one that went. */
export function changedElsewhere(endpoint: URL, { key, newValue }: StorageEvent): { removed: string | null } | null {
  if (key !== null && !key.startsWith(prefix(endpoint))) return null;
  return { removed: key && newValue === null ? key.slice(prefix(endpoint).length) : null };
}
