/**
 * The service, to run it in a process of your own.
 *
 * @packageDocumentation
 */

export type { Comparison, Contender } from '../analytics/ghost-runs.ts';
export type { Curve } from '../analytics/part-curves.ts';
export type { CurvePoint } from '../analytics/reuse-curve.ts';
export { type Assembly, assemble, type Surroundings } from '../config/assemble.ts';
export type { MarketKinds } from '../config/kinds.ts';
export { type LoadedSettings, loadSettings, type SettingsSources } from '../config/load-settings.ts';
export type { NatsSettings, StreamSettings } from '../config/nats-settings.ts';
export type { CertificateFiles, RedisSettings } from '../config/redis-settings.ts';
export type { BusSetting, KindSettings, Settings } from '../config/settings.ts';
export type { ErrorReport } from '../service/errors-to-problems.ts';
export { ListenError } from '../service/listen-error.ts';
export { Service } from '../service/service.ts';
export type * from '../service/wire.ts';
