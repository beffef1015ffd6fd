/**
 * Files by asking the client, for hosts without a file system.
 */
import type { Connection } from 'vscode-languageserver';
import { z } from 'zod';
import { isInside } from '../base/paths.ts';
import { methods } from '../protocol/requests.ts';
import type { SourceProvider } from './environment.ts';
import { pathOfUri, uriOfPath } from './uris.ts';

const listSchema = z.object({ uris: z.array(z.string()) });
const readSchema = z.object({ texts: z.array(z.string().nullable()) });

/** A provider on a connection. Paths keep the URI that the client gave. */
export function createClientFiles(connection: Connection): SourceProvider {
  const uris = new Map<string, string>();
  return {
    async list(folders) {
      const { uris: found } = listSchema.parse(await connection.sendRequest(methods.listFiles, {}));
      const entries = found.map((uri) => {
        const path = pathOfUri(uri);
        uris.set(path, uri);
        return { path, size: 0 };
      });
      return entries.filter(({ path }) => folders.some((folder) => isInside(path, folder)));
    },
    async read(paths) {
      const asked = paths.map((path) => uris.get(path) ?? uriOfPath(path));
      const { texts } = readSchema.parse(await connection.sendRequest(methods.readFiles, { uris: asked }));
      return paths.map((_, i) => texts[i] ?? undefined);
    },
  };
}
