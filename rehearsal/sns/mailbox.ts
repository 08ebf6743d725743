/** A mailbox with a real SMTP server before it, so that a mail which shows up has really been sent, received and read. */
import { createTransport } from 'nodemailer';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Mailbox, ReceivedMail } from './types';

const loopback = '127.0.0.1';
/** Names the mail on its way, so that two at once are not mixed up. */
const idHeader = 'x-rehearsal-mail';

function addressText(address: { name: string; address?: string | undefined } | undefined): string {
  if (address === undefined) return '';
  const mail = address.address ?? '';
  return address.name === '' ? mail : `${address.name} <${mail}>`;
}

async function read(raw: Buffer): Promise<{ id: string; mail: ReceivedMail }> {
  const parsed = await PostalMime.parse(raw);
  return {
    id: parsed.headers.find((header) => header.key === idHeader)?.value ?? '',
    mail: {
      to: (parsed.to ?? []).map((one) => one.address ?? '').join(', '),
      from: addressText(parsed.from),
      subject: parsed.subject ?? '',
      // The sender's line ends come back as CRLF.
      text: (parsed.text ?? '').replace(/\r\n/g, '\n'),
    },
  };
}

/** Starts the server on a free loopback port. */
export async function startMailbox(): Promise<Mailbox> {
  const awaited = new Map<string, { resolve: (mail: ReceivedMail) => void }>();
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        read(Buffer.concat(chunks)).then(
          ({ id, mail }) => {
            awaited.get(id)?.resolve(mail);
            done();
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, loopback, resolve);
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const transport = createTransport({ host: loopback, port, secure: false, ignoreTLS: true });
  let sent = 0;
  return {
    deliver: async (mail) => {
      sent += 1;
      const id = String(sent);
      const received = new Promise<ReceivedMail>((resolve) => awaited.set(id, { resolve }));
      try {
        await transport.sendMail({ ...mail, headers: { [idHeader]: id } });
        return await received;
      } finally {
        awaited.delete(id);
      }
    },
    stop: () => {
      transport.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
