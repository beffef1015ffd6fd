/**
 * One regular expression for many names: shared prefixes are written once, so that a grammar engine fails early.
 */

interface TrieNode {
  readonly next: Map<string, TrieNode>;
  isEnd: boolean;
}

function insert(root: TrieNode, name: string): void {
  let node = root;
  for (const char of name) {
    let next = node.next.get(char);
    if (next === undefined) {
      next = { next: new Map(), isEnd: false };
      node.next.set(char, next);
    }
    node = next;
  }
  node.isEnd = true;
}

function print(node: TrieNode): string {
  const branches = [...node.next].map(
    ([char, next]) => `${/\w/.test(char) ? char : `\\${char}`}${print(next)}`,
  );
  if (branches.length === 0) return '';
  const [first = ''] = branches;
  const group = branches.length === 1 && !node.isEnd ? first : `(?:${branches.join('|')})`;
  return node.isEnd ? `${group}?` : group;
}

/** A pattern that matches exactly the given names (without word boundaries). Greedy: the longest name wins. */
export function namePattern(names: Iterable<string>): string {
  const root: TrieNode = { next: new Map(), isEnd: false };
  for (const name of [...new Set(names)].sort()) if (name !== '') insert(root, name);
  return print(root);
}
