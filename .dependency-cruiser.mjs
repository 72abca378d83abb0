/** What each floor of src may import beside itself, from the ground up. A floor is a folder or a file of that name. */
const library = {
  errors: [],
  policy: [],
  telemetry: ['policy'],
  simulator: ['policy', 'errors'],
  time: ['errors'],
  entry: ['time', 'errors'],
  lifetime: ['entry', 'time', 'errors'],
  guard: ['time', 'errors'],
  redis: ['guard', 'time', 'errors'],
  lmdb: ['time', 'errors'],
  bus: ['redis', 'lmdb', 'guard', 'entry', 'time', 'errors', 'telemetry'],
  tiers: ['redis', 'lmdb', 'guard', 'analytics', 'policy', 'entry', 'time', 'errors', 'telemetry'],
  batching: ['time', 'errors', 'telemetry'],
  analytics: ['policy', 'errors'],
  cache: ['tiers', 'bus', 'lifetime', 'entry', 'time', 'errors', 'telemetry', 'analytics'],
  testing: ['tiers', 'bus', 'guard', 'entry', 'time', 'errors'],
  market: ['cache', 'lifetime', 'entry', 'time', 'errors'],
  providers: ['market', 'batching', 'time', 'errors', 'telemetry'],
  inference: ['cache', 'batching', 'lifetime', 'entry', 'time', 'errors', 'telemetry'],
  warming: ['market', 'analytics', 'batching', 'cache', 'time', 'errors', 'telemetry'],
  rollout: ['cache', 'analytics', 'time', 'errors', 'telemetry'],
  'create-cache': ['cache', 'tiers', 'analytics', 'bus', 'guard', 'policy', 'lifetime', 'entry', 'time', 'errors', 'telemetry'],
};
const core = ['create-cache', ...library['create-cache']];
const floors = {
  ...library,
  index: core,
  config: Object.keys(library),
  service: ['config', 'analytics', 'market', 'providers', 'cache', 'errors', 'time', 'telemetry'],
  cli: ['service', 'config', 'market', 'simulator', 'policy', 'entry', 'time', 'errors'],
  doors: [...Object.keys(library), 'config', 'service'],
};

/** Within the cache, the same: what stands elsewhere in it is its roof. */
const storeys = {
  kind: [],
  store: ['kind'],
  loading: ['kind', 'store'],
  reading: ['kind', 'store', 'loading'],
};

/** The one place in src that may import a package; a package that stands not here may not be imported at all. */
const homes = {
  '@standard-schema/spec': 'src/cache/',
  lmdb: 'src/lmdb/',
  '@redis/client': 'src/redis/',
  '@nats-io/transport-node': 'src/bus/nats/',
  '@nats-io/jetstream': 'src/bus/nats/',
  zod: 'src/config/',
  yaml: 'src/config/',
  fastify: 'src/service/',
  '@fastify/ajv-compiler': 'src/service/',
  '@fastify/swagger': 'src/service/',
  'prom-client': 'src/service/',
};

/** @param {string} floor */
const within = (floor) => `^src/${floor}(/|[.]ts$)`;

/**
 * @param {string} name
 * @param {string} comment
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['from']} from
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['to']} to
 * @returns {import('dependency-cruiser').IRegularForbiddenRuleType}
 */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @param {string} name */
const packagePath = (name) => `node_modules/${name}/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(floors).map(([floor, below]) =>
      rule(
        `floor-${floor}`,
        below.length > 0 ? `${floor} may import ${below.join(', ')}` : `${floor} imports nothing of src`,
        { path: within(floor) },
        { path: '^src/', pathNot: [floor, ...below].map(within) },
      ),
    ),
    ...Object.entries(storeys).map(([storey, below]) =>
      rule(
        `storey-${storey}`,
        below.length > 0 ? `cache/${storey} may import ${below.join(', ')}` : `cache/${storey} imports nothing of the cache`,
        { path: within(`cache/${storey}`) },
        { path: '^src/cache/', pathNot: [storey, ...below].map((name) => within(`cache/${name}`)) },
      ),
    ),
    ...Object.entries(homes).map(([name, home]) =>
      rule(`home-of-${name}`, `${name} is imported in ${home} only`, { path: '^src/', pathNot: `^${home}` }, { path: packagePath(name) }),
    ),
    rule(
      'package-without-home',
      'Name the one place that may import it',
      { path: '^src/' },
      { path: 'node_modules/', pathNot: Object.keys(homes).map(packagePath) },
    ),
    rule('folder-without-floor', 'Give the folder a floor', { path: '^src/', pathNot: Object.keys(floors).map(within) }, {}),
    rule('no-cycles', 'Cut the circle', { path: '^src/' }, { circular: true }),
    rule(
      'no-orphans',
      'Nothing imports it, and it imports nothing',
      { path: '^src/', orphan: true, pathNot: '^src/(index[.]ts$|cli/main[.]ts$|doors/)' },
      {},
    ),
    rule('no-inner-index', 'Import the file that has the thing', { path: '^src/' }, { path: '^src/.+/index[.]ts$' }),
    rule('no-unresolvable', 'There is no such module', { path: '^src/' }, { couldNotResolve: true }),
    rule('no-development-package', 'Users do not have it', { path: '^src/' }, { dependencyTypes: ['npm-dev'] }),
    rule(
      'cache-sees-contracts',
      'The cache knows tiers and the bus by their contracts',
      { path: within('cache') },
      { path: '^src/(tiers|bus)/', pathNot: '^src/(tiers/(local-tier|remote-tier|leases|answer)|bus/(news|notice))[.]ts$' },
    ),
    rule(
      'service-sees-contracts',
      'The service knows providers by their contract; config makes them',
      { path: within('service') },
      { path: '^src/providers/', pathNot: '^src/providers/provider[.]ts$' },
    ),
    rule(
      'clock-stays-home',
      'Only src/time sets timers',
      { path: '^src/', pathNot: '^src/(time|testing)/' },
      { path: '^(node:)?(timers|timers/promises)$' },
    ),
    rule(
      'core-has-no-network',
      'The core opens no connection',
      { path: core.map(within) },
      { path: '^(node:)?(http|https|http2|net|tls|dgram)$' },
    ),
    rule(
      'dashboard-sees-wire',
      'The browser knows the shapes on the wire, and no more',
      { path: '^dashboard/' },
      { path: '^src/', pathNot: '^src/service/wire[.]ts$' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    detectJSDocImports: true,
    parser: 'tsc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
