/**
 * Wires the extension once the host has said how server and engine are started. It knows no kernel facts: what it shows
 * comes from the server.
 */
import { methods } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { registerExplainIrql } from './commands/explainIrql.ts';
import { registerExportSarif } from './commands/exportSarif.ts';
import { registerExportTrace } from './commands/exportTrace.ts';
import { registerRunScenario } from './commands/runScenario.ts';
import { rebuildScenario, registerRunScenarioFromHere } from './commands/runScenarioFromHere.ts';
import { registerExplorer } from './explorerView.ts';
import { createReplays } from './replay/openReplay.ts';
import type { StartEngine } from './replay/engine.ts';
import type { ReplayPlace } from './replay/sourceLines.ts';
import { registerRibbon } from './ribbon.ts';
import { registerScenarioLens } from './scenarioLens.ts';
import { registerScenariosView } from './scenariosView.ts';
import { registerStatusBar } from './statusBar.ts';
import { answerFileRequests } from './workspaceFiles.ts';

/** How this host starts things. */
export interface Host {
  readonly client: BaseLanguageClient;
  readonly output: vscode.LogOutputChannel;
  readonly startEngine: StartEngine;
}

/** What the extension gives to whoever asks for its exports: tests wait for the server by it. */
export interface Extension {
  /** Resolves when the language server answers. */
  readonly isReady: Promise<void>;
}

/** Starts the server and registers everything that the user can see. */
export async function activateWith(context: vscode.ExtensionContext, host: Host): Promise<Extension> {
  const { client, output } = host;
  context.subscriptions.push(output, client);
  const changed = new vscode.EventEmitter<void>();
  context.subscriptions.push(changed);
  client.onNotification(methods.changed, () => changed.fire());
  answerFileRequests(client);

  const cursor = new vscode.EventEmitter<ReplayPlace | null>();
  const replays = createReplays(context, {
    startEngine: host.startEngine,
    log: (line) => output.info(line),
    onCursor: (place) => cursor.fire(place),
    rebuild: (built) => rebuildScenario(client, built),
    onSourceChanged: changed.event,
  });
  context.subscriptions.push(
    registerRunScenario(replays, host.startEngine),
    registerRunScenarioFromHere(client, replays),
    registerExplainIrql(client),
    registerExportSarif(client),
    registerExportTrace(replays),
    cursor,
    registerRibbon(client, { onChanged: changed.event, onReplay: cursor.event }, context.extensionUri),
    registerStatusBar(client, changed.event),
    registerExplorer(client, changed.event),
    registerScenarioLens(),
    registerScenariosView(host.startEngine),
    vscode.commands.registerCommand('irqlLens.showOutput', () => output.show()),
  );

  const isReady = client.start();
  await isReady;
  return { isReady };
}
