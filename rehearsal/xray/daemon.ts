/** The X-Ray daemon's place: a UDP socket that takes segments, so that tracers work and their traces can be looked at. */
import { createSocket } from 'node:dgram';

export interface Traces {
  /** Segment documents oldest first, the newest few thousand. */
  documents(): readonly string[];
  accept(documents: readonly string[]): void;
}

export interface XrayDaemon extends Traces {
  /** host:port for AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Enough for the longest rehearsal; a bound, so that a chatty service cannot fill the memory. */
const keptDocuments = 5_000;

/** Listens on a free loopback port; a datagram is a header line and one segment document. */
export function startXrayDaemon(): Promise<XrayDaemon> {
  const kept: string[] = [];
  const accept = (documents: readonly string[]): void => {
    kept.push(...documents);
    if (kept.length > keptDocuments) kept.splice(0, kept.length - keptDocuments);
  };
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => {
    const text = datagram.toString('utf8');
    accept([text.slice(text.indexOf('\n') + 1)]);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      resolve({
        address: `127.0.0.1:${socket.address().port}`,
        documents: () => kept,
        accept,
        stop: () => new Promise((stopped) => socket.close(() => stopped())),
      });
    });
  });
}
