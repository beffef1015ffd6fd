/**
 * What the handlers of one server share. Data and small look-ups only.
 */
import type { Connection } from 'vscode-languageserver';
import type { FileUnit } from '../analysis/program.ts';
import type { Snapshot } from '../features/snapshot.ts';
import type { Settings } from '../protocol/settings.ts';
import type { BackgroundLink } from './backgroundLink.ts';
import type { Configuration } from './configuration.ts';
import type { DiagnosticsPublisher } from './diagnosticsPublisher.ts';
import type { Environment } from './environment.ts';
import type { Log } from './guard.ts';
import type { Scheduler } from './scheduler.ts';
import type { ProtoContext } from './toProto.ts';
import type { UriBook } from './uris.ts';
import type { World } from './world.ts';

export interface ServerState {
  readonly connection: Connection;
  readonly environment: Environment;
  readonly log: Log;
  readonly scheduler: Scheduler;
  readonly uris: UriBook;
  readonly world: World;
  readonly publisher: DiagnosticsPublisher;
  /** absent where the host has no threads */
  background?: BackgroundLink;
  configuration: Configuration;
  /** settings as the client sent them, and the texts of the team's files, for the background check */
  rawSettings: unknown;
  teamFiles: readonly (readonly [path: string, text: string])[];
  folders: readonly string[];
  client: ClientAbilities;
  isShutDown: boolean;
}

/** What the client said that it can do. */
export interface ClientAbilities {
  readonly hasConfiguration: boolean;
  readonly hasWorkspaceFolders: boolean;
  readonly hasWatchedFiles: boolean;
  readonly hasProgress: boolean;
  readonly hasRefresh: boolean;
}

/** A place in the newest snapshot. */
export interface Located {
  readonly snapshot: Snapshot;
  readonly file: FileUnit;
  readonly context: ProtoContext;
  readonly settings: Settings;
}

/** The file of a URI in the newest snapshot; undefined for one that is not analysed. */
export function locate(state: ServerState, uri: string): Located | undefined {
  const snapshot = state.world.snapshot();
  const file = state.world.fileOf(snapshot, state.uris.learn(uri));
  if (file === undefined) return undefined;
  return { snapshot, file, context: contextOf(state, snapshot), settings: state.configuration.settings };
}

export function contextOf(state: ServerState, snapshot: Snapshot): ProtoContext {
  return { program: snapshot.program, uriOf: state.uris.uriOf };
}
