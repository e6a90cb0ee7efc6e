/** Conversations, kept in the browser: each under a name of its own, so that two tabs do not write over each other's. */

import type { Conversation, Turn } from "./conversation";

/** Written with each conversation; what a newer version wrote is neither read nor changed. */
const VERSION = 1;

export interface Kept {
  conversations: Conversation[];
  /** How many there are that a newer version of this script wrote. */
  newer: number;
}

/** Those with a service: until they are deleted or, to be forgotten, until the tab is closed. */
export class Store {
  private readonly prefix: string;

  constructor(
    private readonly endpoint: URL,
    private readonly forget: boolean,
  ) {
    this.prefix = `quotewise-conversation:${endpoint}:`;
  }

  /** All that can be read, the last changed first. */
  all(): Kept {
    const found: Kept = { conversations: [], newer: 0 };
    try {
      for (const name of Object.keys(this.storage)) {
        if (!name.startsWith(this.prefix)) continue;
        const read = parsed(this.storage.getItem(name));
        if (read === "newer") found.newer++;
        else if (read) found.conversations.push(read);
      }
    } catch {
      // storage is refused
    }
    found.conversations.sort((a, b) => b.changed - a.changed);
    return found;
  }

  /** Whether it was kept: storage may be refused or full. One without turns is not kept. */
  keep(conversation: Conversation): boolean {
    const name = this.prefix + conversation.id;
    try {
      if (conversation.turns.length) this.storage.setItem(name, JSON.stringify({ version: VERSION, conversation }));
      else this.storage.removeItem(name);
      return true;
    } catch {
      return false;
    }
  }

  /** A collection has got another name, also in the conversations about it. */
  moved(from: string, to: string): void {
    for (const one of this.all().conversations) if (one.collection === from) this.keep({ ...one, collection: to });
  }

  remove({ id }: Conversation): void {
    try {
      this.storage.removeItem(this.prefix + id);
    } catch {
      // storage is refused: there was nothing
    }
  }

  /** The conversation that this tab was in. */
  current(collection: string | null): Conversation | null {
    try {
      const id = sessionStorage.getItem(this.currentName(collection));
      const found = id && parsed(this.storage.getItem(this.prefix + id));
      return found && found !== "newer" ? found : null;
    } catch {
      return null;
    }
  }

  setCurrent(collection: string | null, id: string | null): void {
    try {
      if (id) sessionStorage.setItem(this.currentName(collection), id);
      else sessionStorage.removeItem(this.currentName(collection));
    } catch {
      // refused: a reload begins a new one
    }
  }

  /** Whether an event of the storage, which other tabs cause, is about these conversations, and the id of one that went. */
  changedElsewhere({ key, newValue }: StorageEvent): { removed: string | null } | null {
    if (key !== null && !key.startsWith(this.prefix)) return null;
    return { removed: key && newValue === null ? key.slice(this.prefix.length) : null };
  }

  /** Raises where the browser refuses it. */
  private get storage(): Storage {
    return this.forget ? sessionStorage : localStorage;
  }

  private currentName(collection: string | null): string {
    return `quotewise-current:${this.endpoint}:${collection ?? ""}`;
  }
}

function parsed(stored: string | null): Conversation | "newer" | null {
  try {
    const { version, conversation } = JSON.parse(stored ?? "null");
    if (version > VERSION) return "newer";
    const turns: Turn[] = conversation.turns;
    if (!turns.every((turn) => typeof turn.question === "string" && turn.citations && turn.closest)) return null;
    return { ...conversation, turns: turns.map((turn) => (turn.state === "asking" ? { ...turn, state: "stopped" } : turn)) }; // cut off by leaving the page
  } catch {
    return null; // something of another time
  }
}
