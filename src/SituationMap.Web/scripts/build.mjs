// Installs what the viewer is built with and builds it, each only when needed. Several builds may come here at once
// (projects built in parallel, or two terminals): one does it, the others wait and find it done.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const inputs = [
  'src',
  'public',
  'scripts',
  'index.html',
  'm.html',
  'g.html',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  '../../tiles/palette.json',
];
const installed = join(web, 'node_modules', '.installed');
const built = join(web, 'node_modules', '.built');
const page = join(web, 'dist', 'index.html');
const lock = join(web, '.building');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`The viewer is built with Node.js 20.19 or newer; this is ${process.versions.node}.`);

await locked(() => {
  const packages = digest(['package.json', 'package-lock.json']);
  if (read(installed) !== packages) {
    console.log('Viewer: installing packages (npm ci), once …');
    run(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    writeFileSync(installed, packages);
  }
  const sources = digest(inputs);
  if (existsSync(page) && read(built) === sources) {
    // same content with newer dates, as after changing branches: MSBuild is to see that it is up to date
    utimesSync(page, new Date(), new Date());
    return;
  }
  console.log('Viewer: building …');
  rmSync(built, { force: true });
  run(['run', 'build', '--silent', '--', '--logLevel=warn']);
  writeFileSync(built, sources);
});

function run(args) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, args, { cwd: web, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) fail(`npm could not be started (${error.message}). It comes with Node.js; on Debian: apt-get install npm`);
  if (status !== 0) fail(`npm ${args.join(' ')} failed in ${web}; what it said stands above.`);
}

function fail(message) {
  console.error(message);
  rmSync(lock, { recursive: true, force: true });
  process.exit(1);
}

/** Makes a folder as lock, which only one can; one left behind by a process that is gone is taken over. */
async function locked(action) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(read(join(lock, 'pid')) ?? 0);
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (owner > 0 ? !isRunning(owner) : age > 10_000) rmSync(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  try {
    action();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function digest(paths) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const path of paths) add(join(web, path));
  return hash.digest('hex');

  function add(path) {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(path).update(readFileSync(path));
  }
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
