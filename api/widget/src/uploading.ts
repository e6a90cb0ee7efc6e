/** Files on their way into the index: a few at a time, each with its progress and, where it is refused, the reason. */

import { Problem, type Service, type StoredDocument } from "./service";
import type { Texts } from "./texts";

export interface Picked {
  /** With the folders that it was in. */
  path: string;
  file: File;
}

export interface Upload extends Picked {
  collection: string;
  state: "waiting" | "sending" | "indexing" | "added" | "refused";
  /** How much of the file has been sent, from 0 to 1. */
  sent: number;
  /** Whether it takes the place of the document of its path. */
  replace: boolean;
  problem?: Problem;
  document?: StoredDocument;
}

/** The service lets few be changed at once, and a browser few connections be open. */
const AT_ONCE = 3;
const TRIES = 8;

export class Uploading {
  uploads: Upload[] = [];
  private running = 0;

  constructor(
    private readonly service: () => Service,
    private readonly texts: () => Texts,
    /** Called after each change, with what has been added or refused by it. */
    private readonly changed: (finished?: Upload) => void,
  ) {}

  count(...states: Upload["state"][]): number {
    return this.uploads.filter(({ state }) => states.includes(state)).length;
  }

  get busy(): boolean {
    return this.count("waiting", "sending", "indexing") > 0;
  }

  add(picked: Picked[], collection: string, largest: number, replace = false): void {
    for (const { path, file } of picked) {
      const upload: Upload = { path, file, collection, replace, state: "waiting", sent: 0 };
      if (file.size > largest) this.refuse(upload, new Problem("payload-too-large", this.texts().tooLarge(file.size, largest)));
      this.uploads.push(upload);
    }
    this.next();
  }

  again(upload: Upload, replace = upload.replace): void {
    Object.assign(upload, { replace, state: "waiting", sent: 0, problem: undefined });
    this.next();
  }

  /** Forget what is finished, or one of them; what waits is not sent. */
  forget(upload?: Upload): void {
    const kept = upload ? (one: Upload) => one !== upload : ({ state }: Upload) => state === "sending" || state === "indexing";
    this.uploads = this.uploads.filter(kept);
    this.changed();
  }

  private refuse(upload: Upload, problem: Problem): void {
    Object.assign(upload, { state: "refused", problem });
  }

  private next(): void {
    while (this.running < AT_ONCE) {
      const upload = this.uploads.find(({ state }) => state === "waiting");
      if (!upload) break;
      this.running++;
      void this.send(upload).finally(() => {
        this.running--;
        this.changed(upload);
        this.next();
      });
    }
    this.changed();
  }

  private async send(upload: Upload): Promise<void> {
    const { collection, path, file, replace } = upload;
    upload.state = "sending";
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      return this.refuse(upload, new Problem("unreadable-file", this.texts().unreadableFile));
    }
    const progress = (sent: number): void => {
      Object.assign(upload, { sent, state: sent < 1 ? "sending" : "indexing" });
      this.changed();
    };
    for (let tries = 1; ; tries++) {
      try {
        upload.document = await this.service().put(collection, path, file, replace, progress);
        upload.state = "added";
        return;
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem("cut-off", this.texts().cutOff);
        if (problem.retryAfter === null || tries === TRIES) return this.refuse(upload, problem);
        await pause(problem.retryAfter * 1000);
      }
    }
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Let files be picked, or a folder of them, or one; it resolves with none where nothing is. */
export function pick(options: { multiple?: boolean; webkitdirectory?: boolean }): Promise<Picked[]> {
  const input = Object.assign(document.createElement("input"), { type: "file", hidden: true, ...options });
  document.body.append(input); // elsewhere it could be collected as garbage while its dialog is open
  return new Promise((resolve) => {
    const done = (): void => {
      input.remove();
      resolve([...input.files!].filter(seen).map(picked));
    };
    for (const name of ["change", "cancel"]) input.addEventListener(name, done);
    input.click();
  });
}

/** What is dropped, also in folders. Entries have to be taken out of the drop before anything is waited for. */
export function dropped({ items, files }: DataTransfer): Promise<Picked[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => !!entry);
  return entries.length ? walked(entries) : Promise.resolve([...files].map(picked));
}

const picked = (file: File): Picked => ({ path: file.webkitRelativePath || file.name, file });

/** Whether none of its folders, nor it, is hidden. */
const seen = ({ webkitRelativePath }: File): boolean => !/(^|\/)\./.test(webkitRelativePath);

async function walked(entries: FileSystemEntry[], inside = false): Promise<Picked[]> {
  const found: Picked[] = [];
  for (const entry of entries) {
    if (inside && entry.name.startsWith(".")) continue;
    if (entry.isDirectory) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)); // 100 at most
        if (!some.length) break;
        found.push(...(await walked(some, true)));
      }
    } else {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      found.push({ path: entry.fullPath.slice(1), file });
    }
  }
  return found;
}
