/** The sandbox's `aws`: copies one object of S3 to a file, with the words and exit codes of the real program. */
import { createWriteStream, rmSync } from 'node:fs';
import { request } from 'node:http';

const [endpoint = '', ...args] = process.argv.slice(2);

/** A mistake in the command line; the real program's code for it. */
const usageCode = 252;
const failedCode = 1;

const words = args.filter((arg) => !arg.startsWith('--'));
const strange = args.find(
  (arg) => arg.startsWith('--') && !['--only-show-errors', '--no-progress'].includes(arg),
);
const [service, verb, source = '', target = ''] = words;
const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(source) ?? [];
if (service !== 's3' || verb !== 'cp' || bucket === undefined || key === undefined || strange !== undefined) {
  end(usageCode, `not rehearsed: aws ${args.join(' ')}; see npx vigia rehearse --capabilities`);
} else {
  fetchObject(bucket, key);
}

function fetchObject(bucket: string, key: string): void {
  const path = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const call = request(new URL(path, endpoint), (response) => {
    if (response.statusCode !== 200) {
      response.resume();
      const what = response.statusCode === 404 ? 'Not Found' : 'Forbidden';
      end(
        failedCode,
        `fatal error: An error occurred (${response.statusCode}) when calling the HeadObject operation: ${what}`,
      );
      return;
    }
    const file = createWriteStream(target);
    file.on('error', (error) => fail(error));
    response.on('error', (error) => fail(error)).pipe(file);
  });
  call.on('error', (error) => fail(error));
  call.end();
}

function fail(error: Error): void {
  rmSync(target, { force: true });
  end(failedCode, `fatal error: Could not connect to the endpoint URL: ${error.message}`);
}

function end(code: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}
