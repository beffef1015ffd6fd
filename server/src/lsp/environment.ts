/**
 * What the host gives the language server besides the connection: files, a clock, timers. Node and browser each make one,
 * so that everything else of this floor is the same in both.
 */
import type { BackgroundReply, BackgroundRequest } from './background.ts';

/** A source file as the listing names it. */
export interface SourceEntry {
  /** normal path (base/paths.ts) */
  readonly path: string;
  /** bytes; 0 where the host does not know */
  readonly size: number;
}

/** Access to the files of the workspace. Failures are answers: a file that cannot be read is undefined. */
export interface SourceProvider {
  /** C and C++ sources, headers and project files below the folders. */
  list(folders: readonly string[], isCancelled: () => boolean): Promise<readonly SourceEntry[]>;
  /** Decoded texts, in the order of the paths. */
  read(paths: readonly string[]): Promise<readonly (string | undefined)[]>;
}

/** A thread of its own that checks whole workspaces. Messages are those of background.ts. */
export interface BackgroundThread {
  readonly post: (request: BackgroundRequest) => void;
  readonly onReply: (listener: (reply: BackgroundReply) => void) => void;
  readonly stop: () => void;
}

/** What lies outside of the language server. */
export interface Environment {
  readonly files: SourceProvider;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Calls `run` after so many milliseconds; the answer cancels it. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
  /** Lets waiting messages be handled. */
  readonly breathe: () => Promise<void>;
  /** Gives memory back that is used no more; absent where the host cannot. */
  readonly collectGarbage?: () => void;
  /** Starts a thread for the background check; absent where the host has none. */
  readonly startBackground?: () => BackgroundThread;
  /** Name and version of the tool, for SARIF and the log. */
  readonly version: string;
}
