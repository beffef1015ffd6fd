/**
 * Entry point on the desktop and in a VS Code server: the language server is a process, the engine a thread.
 */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { activateWith, type Extension } from './activateWith.ts';
import { clientOptions } from './clientOptions.ts';
import { startEngineThread } from './replay/enginePort.node.ts';

/** Called by VS Code. */
export async function activate(context: vscode.ExtensionContext): Promise<Extension> {
  const module = context.asAbsolutePath('server/dist/main.js');
  const output = vscode.window.createOutputChannel('IRQL Lens', { log: true });
  const client = new LanguageClient(
    'irqlLens',
    'IRQL Lens',
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
    },
    clientOptions(context.extensionUri, output, { isWithoutFileSystem: false }),
  );
  return activateWith(context, { client, output, startEngine: startEngineThread(context.extensionUri) });
}
