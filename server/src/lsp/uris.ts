/**
 * URIs of the protocol to normal paths and back. Windows URIs come as `file:///c%3A/x` and as `file:///C:/x`; both are one file.
 */
import { normalizePath, pathKey } from '../base/paths.ts';

/** The normal path of a document's URI. */
export function pathOfUri(uri: string): string {
  return normalizePath(uri);
}

/** The URI of a normal path, as VS Code writes it (`file:///c%3A/x`). Paths that carry a scheme stay as they are. */
export function uriOfPath(path: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]+:\/\//.test(path)) return path;
  const encode = (text: string): string => text.split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('//')) {
    const [host = '', ...rest] = path.slice(2).split('/');
    return `file://${encodeURIComponent(host)}/${encode(rest.join('/'))}`;
  }
  return `file://${path.startsWith('/') ? '' : '/'}${encode(path)}`;
}

/** Remembers how the client spells the URIs of files, so that answers carry the same spelling. */
export interface UriBook {
  readonly learn: (uri: string) => string;
  readonly uriOf: (path: string) => string;
  readonly forget: (uri: string) => void;
}

/** An empty book. */
export function createUriBook(): UriBook {
  const spelled = new Map<string, string>();
  return {
    learn(uri) {
      const path = pathOfUri(uri);
      spelled.set(pathKey(path), uri);
      return path;
    },
    uriOf: (path) => spelled.get(pathKey(path)) ?? uriOfPath(path),
    forget: (uri) => void spelled.delete(pathKey(pathOfUri(uri))),
  };
}
