/** The least that answers predictions: a Fastify route around the model, without checks, counts, logs or traces. */
import fastify from 'fastify';
import { endOfTurn } from '../service/clock';
import { batched } from '../service/inference/batching';
import { loadOnnxModel } from '../service/inference/onnx';

async function main(): Promise<void> {
  const [, , directory = '', port = '0'] = process.argv;
  const model = batched(await loadOnnxModel(directory), { endOfTurn });
  const { features } = model.metadata;
  const app = fastify();
  app.get('/health/ready', async () => ({ status: 'ready' }));
  app.post('/predict', async (request) => {
    const { instances } = request.body as { instances: Record<string, number>[] };
    const rows = instances.map((instance) => Float32Array.from(features, ({ name }) => instance[name] ?? 0));
    return { predictions: await model.predict(rows) };
  });
  await app.listen({ host: '127.0.0.1', port: Number(port) });
}

void main();
