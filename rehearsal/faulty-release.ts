/** A release that breaks: the present one with a fault inside, deployed as an operator would, through S3 and the document. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { isNamed } from './expectations';

export interface DeploymentTargets {
  readonly endpointUrl: string;
  readonly instanceId: string;
  /** The directory of the present release, a link. */
  readonly releaseDirectory: string;
  readonly bucket: string;
  readonly documents: readonly string[];
}

/** Rejects with what the endpoint said. Resolves with the release's id when its deployment was asked for. */
export async function deployFaulty(fault: object, on: DeploymentTargets): Promise<string> {
  const document = on.documents.find((name) => isNamed('deploy-release', name));
  if (document === undefined) throw new Error('the assembly has no document deploy-release');
  const { release, archive } = await faultyArchive(fault, realpathSync(on.releaseDirectory));
  const key = `releases/${release}.tar.gz`;
  await answered(
    fetch(`${on.endpointUrl}/${on.bucket}/${key}`, { method: 'PUT', body: new Uint8Array(archive) }),
  );
  await answered(
    fetch(on.endpointUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.SendCommand' },
      body: JSON.stringify({
        DocumentName: document,
        InstanceIds: [on.instanceId],
        Parameters: {
          Source: [`s3://${on.bucket}/${key}`],
          Release: [release],
          Sha256: [createHash('sha256').update(archive).digest('hex')],
        },
      }),
    }),
  );
  return release;
}

async function answered(call: Promise<Response>): Promise<void> {
  const response = await call;
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** A copy with another name and the fault beside the program, packed by the tar that the host has too. */
async function faultyArchive(fault: object, present: string): Promise<{ release: string; archive: Buffer }> {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-faulty-'));
  try {
    cpSync(present, directory, { recursive: true });
    const faults = JSON.stringify(fault);
    const earlier = readFileSync(join(directory, 'release.json'), 'utf8');
    const release = createHash('sha256').update(earlier).update(faults).digest('hex').slice(0, 12);
    writeFileSync(join(directory, 'faults.json'), faults);
    writeFileSync(join(directory, 'release.json'), JSON.stringify({ release }));
    return { release, archive: await packed(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Lightly packed: it goes no further than this machine. */
async function packed(directory: string): Promise<Buffer> {
  execFileSync('tar', ['--version'], { stdio: 'ignore' });
  const tar = spawn('tar', ['-cf', '-', '-C', directory, '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  for await (const chunk of tar.stdout.pipe(createGzip({ level: 1 }))) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
