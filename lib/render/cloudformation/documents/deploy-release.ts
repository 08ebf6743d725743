/** Brings a release onto the host: fetched, checked, switched to, and kept only when it serves. */
import { choice, commandDocument } from './command-document';
import { gateConstants, gateSeconds } from './host-constants';

/**
 * Ten megabytes take seconds; a slow line may take minutes, and then something else is wrong. An archive that names an
 * image is a few bytes, and leaves the time to the image; what has come of that by then need not come again.
 */
const fetchSeconds = 180;
const unpackSeconds = 60;

export function deployReleaseDocument(service: string) {
  return commandDocument({
    description:
      'Fetches a release, checks it, switches to it and watches it; a release that does not serve is switched back.',
    parameters: {
      Source: {
        description: 'Where the archive lies: s3://BUCKET/KEY.tar.gz.',
        allowedPattern:
          '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[a-zA-Z0-9][a-zA-Z0-9._/-]{0,200}\\.tar\\.gz$',
      },
      Release: {
        description: 'Id of the release, as its release.json says: 12 hexadecimal digits.',
        allowedPattern: '^[0-9a-f]{12}$',
      },
      Sha256: {
        description: 'SHA-256 of the archive, 64 hexadecimal digits.',
        allowedPattern: '^[0-9a-f]{64}$',
      },
      AllowBad: choice('yes: takes a release that was refused or rolled back before.', ['no', 'yes'], 'no'),
    },
    constants: { ...gateConstants(service), fetch_seconds: fetchSeconds, unpack_seconds: unpackSeconds },
    steps: [
      {
        name: 'deploy',
        // Two gates: the new release, and the one before it when the new one is refused. Listing and unpacking once each.
        timeoutSeconds: fetchSeconds + 3 * unpackSeconds + 2 * gateSeconds,
        scripts: ['release', 'gate', 'deploy-release'],
      },
      { name: 'state', timeoutSeconds: gateSeconds + 5, scripts: ['release', 'gate', 'settle-release'] },
    ],
  });
}
