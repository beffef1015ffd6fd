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

const SOURCES = '**/*.{c,cc,cpp,cxx,h,hh,hpp,hxx,inl,inc,ipp,tpp,vcxproj,props}';
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
    return decode(bytes);
  } catch {
    return null;
  }
}

/** By byte order mark, else UTF-8, else Windows-1252, in which every byte is a character. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
