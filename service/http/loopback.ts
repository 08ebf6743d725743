/** Who may do what only this machine may. */
import type { FastifyRequest } from 'fastify';

/** From this machine, by the socket's own peer: a header can say anything. */
export function fromLoopback({ socket }: Pick<FastifyRequest, 'socket'>): boolean {
  const peer = socket.remoteAddress ?? '';
  return peer === '::1' || /^(::ffff:)?127\./.test(peer);
}
