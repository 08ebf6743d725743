/** Which CloudWatch metrics an agent configuration leads to, worked out from the agent's documented rules alone. */

export interface AgentSeries {
  readonly namespace: string;
  readonly name: string;
  /** Sorted; a value is present only where the configuration fixes it. */
  readonly dimensions: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

export interface AgentConfig {
  readonly agent: { readonly omit_hostname?: boolean; readonly metrics_collection_interval: number };
  readonly metrics: {
    readonly namespace?: string;
    readonly append_dimensions?: Readonly<Record<string, string>>;
    readonly aggregation_dimensions?: readonly (readonly string[])[];
    readonly metrics_collected: Readonly<Record<string, AgentSection>>;
  };
}

export interface AgentSection {
  readonly measurement: readonly string[];
  readonly resources?: readonly string[];
  readonly totalcpu?: boolean;
  readonly append_dimensions?: Readonly<Record<string, string>>;
  readonly drop_original_metrics?: readonly string[];
}

/** What each plugin says of a figure by itself, beside the host's name. */
const ownDimensions: Readonly<Record<string, readonly string[]>> = {
  cpu: ['cpu'],
  mem: [],
  disk: ['path', 'device', 'fstype'],
  diskio: ['name'],
  netstat: [],
};

/** Every metric that the configuration leads to; a metric is its name and its exact set of dimensions. */
export function seriesOf({ agent, metrics }: AgentConfig): AgentSeries[] {
  const rollups = metrics.aggregation_dimensions ?? [];
  const hasHost = agent.omit_hostname !== true && metrics.append_dimensions === undefined;
  return Object.entries(metrics.metrics_collected).flatMap(([plugin, section]) => {
    const own = ownDimensions[plugin];
    if (own === undefined) throw new Error(`agent plugin ${plugin}: unknown here; add its dimensions`);
    const values: Record<string, string> = { ...section.append_dimensions };
    if (plugin === 'disk' && section.resources?.length === 1) values.path = section.resources[0] ?? '';
    const raw = [...own, ...Object.keys(section.append_dimensions ?? {}), ...(hasHost ? ['host'] : [])];
    return section.measurement.flatMap((measurement) => {
      const sets = rollups.filter((set) => set.every((dimension) => raw.includes(dimension)));
      if (section.drop_original_metrics?.includes(measurement) !== true) sets.unshift(raw);
      return unique(sets).map((dimensions) => ({
        namespace: metrics.namespace ?? 'CWAgent',
        name: `${plugin}_${measurement}`,
        dimensions,
        values: Object.fromEntries(
          Object.entries(values).filter(([dimension]) => dimensions.includes(dimension)),
        ),
      }));
    });
  });
}

function unique(sets: readonly (readonly string[])[]): string[][] {
  const sorted = sets.map((set) => [...set].sort());
  return sorted.filter((set, index) => sorted.findIndex((other) => other.join() === set.join()) === index);
}
