/**
 * What the language client sends at start; what it watches is asked for by the server. The same on the desktop and in the browser.
 */
import type { InitializationOptions } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';
import { linkToPackedPages } from './rulePages.ts';

/** Documents of version control and of comparisons are old texts and no part of the workspace. */
const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'vscode-test-web', 'vscode-remote', 'memfs'];

/** Languages that the server speaks about. */
const documentSelector: { scheme: string; language: string }[] = SCHEMES.flatMap((scheme) => [
  { scheme, language: 'c' },
  { scheme, language: 'cpp' },
]);

/** Options of the language client. */
export function clientOptions(
  extension: vscode.Uri,
  output: vscode.LogOutputChannel,
  host: Pick<InitializationOptions, 'isWithoutFileSystem'>,
): LanguageClientOptions {
  const initializationOptions: InitializationOptions = {
    ...host,
    settings: vscode.workspace.getConfiguration('irqlLens'),
  };
  return {
    documentSelector,
    outputChannel: output,
    initializationOptions: JSON.parse(JSON.stringify(initializationOptions)) as unknown,
    progressOnInitialization: false,
    middleware: linkToPackedPages(extension),
  };
}
