/** What the configuration says about scaling, in the units of the orchestrator. */
import type { Config } from '../config/schema.ts';
import type { ScalingOptions } from '../orchestrator/scaling/assemble-scaling.ts';

export function scalingOptions(fleet: Config['fleet']): ScalingOptions {
  const { provisioning_webhook_url: url, provisioning_webhook_secret: secret = null } = fleet;
  return {
    fleetMin: fleet.min_fleet_size,
    fleetMax: fleet.max_fleet_size,
    stepMax: fleet.max_scaling_step,
    cooldownMs: fleet.cooldown_seconds * 1000,
    upThreshold: fleet.scale_up_cpu_threshold,
    downThreshold: fleet.scale_down_cpu_threshold,
    healsPerHourMax: fleet.heals_per_hour_max,
    demand: { latencyTargetMs: fleet.scaling_latency_target_ms ?? null },
    checkIntervalMs: fleet.scaling_check_interval * 1000,
    forecastAheadMs: fleet.scaling_forecast_minutes * 60_000,
    webhook: url === undefined ? null : { url, secret },
  };
}
