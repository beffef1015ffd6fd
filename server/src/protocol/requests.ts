/**
 * The custom messages between client and server: method names and plain types, each with who sends it and why.
 * No types of any LSP library, so that both sides share one file. docs/protocol.md is the manual.
 */
import type { Scenario } from './scenarioFormat.ts';

/** A place in a text document: 0-based line, 0-based UTF-16 column. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface TextSpan {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** A place that the user can go to. */
export interface Place {
  readonly uri: string;
  readonly range: TextSpan;
}

export interface PlaceRequest {
  readonly uri: string;
  readonly position: TextPosition;
}

/** Method names. Client to server unless it says otherwise. */
export const methods = {
  /** The IRQL of each line of an open document, for gutter and overview ruler. */
  ribbon: 'irqlLens/ribbon',
  /** The IRQL at the cursor, for the status bar. */
  status: 'irqlLens/status',
  /** The whole chain of reasons for the IRQL at a place. */
  explain: 'irqlLens/explain',
  /** Entry points, locks and lock order, for the IRQL Explorer. */
  explorer: 'irqlLens/explorer',
  /** A scenario made from the function or lock at a place. */
  scenarioFromHere: 'irqlLens/scenarioFromHere',
  /** All findings of the workspace as SARIF. */
  exportSarif: 'irqlLens/exportSarif',
  /** Notification, server to client: answers may have changed, ask again. */
  changed: 'irqlLens/changed',
  /** Server to client, where the server has no file system: the source files of the workspace. */
  listFiles: 'irqlLens/listFiles',
  /** Server to client, where the server has no file system: the texts of files. */
  readFiles: 'irqlLens/readFiles',
} as const;

/** The four colours of the ribbon, and `unknown` where nothing bounds the level. */
export type LevelClass = 'passive' | 'apc' | 'dispatch' | 'device' | 'unknown';

export interface RibbonRequest {
  readonly uri: string;
}

/** Whole lines, both ends inclusive, 0-based, in order and without overlap. */
export interface RibbonRange {
  readonly startLine: number;
  readonly endLine: number;
  /** class of the highest possible level */
  readonly level: LevelClass;
  /** the lines can run at levels of more than one class */
  readonly isRange: boolean;
  /** e.g. `PASSIVE_LEVEL..DISPATCH_LEVEL` */
  readonly text: string;
}

export interface RibbonAnswer {
  readonly ranges: readonly RibbonRange[];
}

/** What the status bar says; null outside of functions. */
export interface StatusAnswer {
  /** short, e.g. `DISPATCH_LEVEL` */
  readonly text: string;
  readonly level: LevelClass;
  /** plain text: function, levels, held locks, reason */
  readonly tooltip: string;
}

/** One step of a why-chain. */
export interface ExplainStep {
  readonly place: Place;
  readonly message: string;
  /** the level after the step, in words; '' where it says nothing of the level */
  readonly level: string;
}

/** The answer to "why is it at this level": one chain per level that is possible here. */
export interface ExplainAnswer {
  /** e.g. `DISPATCH_LEVEL in PulseDpc` */
  readonly title: string;
  readonly place: Place;
  readonly chains: readonly { readonly title: string; readonly steps: readonly ExplainStep[] }[];
}

/** A row of the IRQL Explorer. */
export interface ExplorerNode {
  readonly kind: 'group' | 'role' | 'function' | 'lock' | 'use' | 'order';
  readonly label: string;
  /** grey text behind the label */
  readonly description: string;
  readonly tooltip?: string;
  readonly level?: LevelClass;
  readonly place?: Place;
  readonly children: readonly ExplorerNode[];
}

export interface ExplorerAnswer {
  readonly roots: readonly ExplorerNode[];
}

/** What a scenario was built of, so that it can be built again when the source has changed. */
export interface ScenarioSubject {
  /** qualified name of the function; '' for a lock that was named outside of functions */
  readonly function: string;
  /** the lock that was meant, by its class */
  readonly lock?: string;
  /** the rule whose report was replayed */
  readonly rule?: string;
}

/**
 * With `rule` the replay of that rule's report at the place is asked for, else the scenario of the lock or function there; with
 * `subject` what was built before is built again, wherever it stands in the file now.
 */
export interface ScenarioFromHereRequest extends PlaceRequest {
  readonly rule?: string;
  readonly subject?: ScenarioSubject;
}

/** A scenario with what it was built of, or the sentence that says why there is none. */
export type ScenarioFromHereAnswer =
  { readonly scenario: Scenario; readonly subject: ScenarioSubject } | { readonly problem: string };

export interface ExportSarifAnswer {
  readonly text: string;
  readonly findings: number;
}

export interface ListFilesAnswer {
  /** URIs of C and C++ sources, headers and project files */
  readonly uris: readonly string[];
}

export interface ReadFilesRequest {
  readonly uris: readonly string[];
}

/** In the order of the request; null where a file cannot be read. */
export interface ReadFilesAnswer {
  readonly texts: readonly (string | null)[];
}

/** What the client tells the server when it starts, in `initializationOptions`. */
export interface InitializationOptions {
  /** true where the server must ask the client for files */
  readonly isWithoutFileSystem?: boolean;
  /** settings under `irqlLens`, undecoded */
  readonly settings?: unknown;
}
