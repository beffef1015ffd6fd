/**
 * Strongly connected components of the call graph, callees first (Tarjan, iterative). Deterministic by node number.
 */

/** Components in an order in which every callee outside of a component comes before it. */
export function findComponents(count: number, targetsOf: (node: number) => readonly number[]): number[][] {
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const isOnStack = new Uint8Array(count);
  const stack: number[] = [];
  const components: number[][] = [];
  let nextIndex = 0;
  const work: { node: number; next: number }[] = [];
  const visit = (node: number): void => {
    index[node] = nextIndex;
    low[node] = nextIndex;
    nextIndex++;
    stack.push(node);
    isOnStack[node] = 1;
    work.push({ node, next: 0 });
  };
  for (let start = 0; start < count; start++) {
    if (index[start] !== -1) continue;
    visit(start);
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { node } = frame;
      const target = targetsOf(node)[frame.next];
      if (target !== undefined) {
        frame.next++;
        if (index[target] === -1) visit(target);
        else if (isOnStack[target] === 1) low[node] = Math.min(low[node] ?? 0, index[target] ?? 0);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) low[parent.node] = Math.min(low[parent.node] ?? 0, low[node] ?? 0);
      if (low[node] === index[node]) components.push(popComponent(stack, isOnStack, node));
    }
  }
  return components;
}

function popComponent(stack: number[], isOnStack: Uint8Array, root: number): number[] {
  const component: number[] = [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    isOnStack[node] = 0;
    component.push(node);
    if (node === root) break;
  }
  return component.sort((a, b) => a - b);
}
