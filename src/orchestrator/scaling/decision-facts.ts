/** What a decision rests on, in the flat form in which its entry keeps it. Percentages are of 0 to 100. */
import type { ScalingDecided } from '../../messages/entries/scaling.ts';
import type { FleetStats } from '../../messages/fleet-stats.ts';
import { confidenceOf, type Forecast } from './forecast.ts';
import type { FailedNode } from './healing.ts';

export type FleetFigures = Pick<
  FleetStats,
  'active_nodes' | 'avg_cpu_usage' | 'avg_memory_usage' | 'total_connections'
>;

type Facts = ScalingDecided['facts'];

export function scalingFacts(figures: FleetFigures): Facts {
  return {
    active_nodes: figures.active_nodes,
    avg_cpu_usage: rounded(figures.avg_cpu_usage),
    avg_memory_usage: rounded(figures.avg_memory_usage),
    total_connections: figures.total_connections,
  };
}

/** The forecast of a share; the field is named after the processor, which it usually is. */
export function forecastFacts(forecast: Forecast, aheadMs: number): Facts {
  return {
    predicted_cpu_usage: rounded(100 * Math.min(forecast.expected, 1)),
    prediction_horizon_minutes: aheadMs / 60_000,
    confidence: rounded(confidenceOf(forecast)),
  };
}

export function healFacts({ publicIp }: FailedNode): Facts {
  return { failed_node_ip: publicIp };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
