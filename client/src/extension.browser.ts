/**
 * Entry point in the browser: language server and engine are web workers, files come from VS Code.
 */
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { activateWith, type Extension } from './activateWith.ts';
import { clientOptions } from './clientOptions.ts';
import { startEngineWorker } from './replay/enginePort.browser.ts';
import { startWebWorker } from './webWorker.ts';

/** Called by VS Code. */
export async function activate(context: vscode.ExtensionContext): Promise<Extension> {
  const output = vscode.window.createOutputChannel('IRQL Lens', { log: true });
  const path = ['server', 'dist', 'main.browser.js'];
  const worker = await startWebWorker(context.extensionUri, path, 'irql-lens');
  output.info('The language server runs as a web worker.');
  const client = new LanguageClient(
    'irqlLens',
    'IRQL Lens',
    worker,
    clientOptions(context.extensionUri, output, { isWithoutFileSystem: true }),
  );
  return activateWith(context, { client, output, startEngine: startEngineWorker(context.extensionUri) });
}
