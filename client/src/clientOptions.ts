/**
 * What the language client watches and sends at start. The same on the desktop and in the browser.
 */
import type { InitializationOptions } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';

/** Sources, headers, project files and the workspace's own configuration. */
const WATCHED = [
  '**/*.{c,h,cc,cpp,cxx,hh,hpp,hxx,inl,C,H,CPP,HPP}',
  '**/*.{vcxproj,props}',
  '**/.irql-lens/{config,facts}.json',
];

/** Languages that the server speaks about. */
export const documentSelector: { language: string }[] = [{ language: 'c' }, { language: 'cpp' }];

/** Options of the language client. */
export function clientOptions(
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
    synchronize: {
      configurationSection: 'irqlLens',
      fileEvents: WATCHED.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern)),
    },
    progressOnInitialization: false,
  };
}
