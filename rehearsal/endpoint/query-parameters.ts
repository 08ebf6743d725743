/** Unfolds the query protocol's flat parameters (`Metrics.member.1.Name=x`) into nested values. */

type Tree = Map<string, Tree | string>;

function plant(tree: Tree, path: readonly string[], value: string): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    tree.set(key, value);
    return;
  }
  const existing = tree.get(key);
  const branch: Tree = existing instanceof Map ? existing : new Map();
  tree.set(key, branch);
  plant(branch, rest, value);
}

function harvest(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const keys = [...tree.keys()];
  const onlyKey = keys.length === 1 ? keys[0] : undefined;
  // Lists have a wrapper named member, maps one named entry.
  if (onlyKey === 'member' || onlyKey === 'entry') return harvest(tree.get(onlyKey) ?? '');
  if (keys.every((key) => /^\d+$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((key) => harvest(tree.get(key) ?? ''));
  }
  return Object.fromEntries([...tree].map(([key, inner]) => [key, harvest(inner)]));
}

/** Every parameter but Action and Version, nested. */
export function unfold(parameters: URLSearchParams): Record<string, unknown> {
  const tree: Tree = new Map();
  for (const [name, value] of parameters) {
    if (name !== 'Action' && name !== 'Version') plant(tree, name.split('.'), value);
  }
  return tree.size === 0 ? {} : (harvest(tree) as Record<string, unknown>);
}
