/**
 * Answers the server's requests for files where it has no file system of its own (in the browser).
 */
import {
  methods,
  type ListFilesAnswer,
  type ReadFilesAnswer,
  type ReadFilesRequest,
} from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';

const SOURCES = '**/*.{c,h,cc,cpp,cxx,hh,hpp,hxx,inl,vcxproj,props}';
/** More files than this are not read in the browser. */
const MAX_FILES = 20_000;

/** Registers the two answers. */
export function answerFileRequests(client: BaseLanguageClient): void {
  client.onRequest(methods.listFiles, async (): Promise<ListFilesAnswer> => {
    const uris = await vscode.workspace.findFiles(SOURCES, undefined, MAX_FILES);
    return { uris: uris.map((uri) => uri.toString()) };
  });
  client.onRequest(methods.readFiles, async ({ uris }: ReadFilesRequest): Promise<ReadFilesAnswer> => {
    return { texts: await Promise.all(uris.map(readText)) };
  });
}

async function readText(uri: string): Promise<string | null> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.parse(uri, true));
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}
