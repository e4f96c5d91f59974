// Read a topic with kafkajs: `node kafkajs.mjs BROKERS REGISTRY TOPIC [COUNT]`.
// npm install kafkajs @kafkajs/confluent-schema-registry
import confluent from "@kafkajs/confluent-schema-registry";
import kafkajs from "kafkajs";

const [brokers, registry, topic, count = "0"] = process.argv.slice(2);
const schemas = new confluent.SchemaRegistry({ host: registry });
const kafka = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.ERROR });
// A group id of your own that stays the same goes on where it stopped. These two times make the embedded broker's
// joins quick; elsewhere the defaults are good.
const consumer = kafka.consumer({ groupId: `example-${Date.now()}`, sessionTimeout: 6000, rebalanceTimeout: 10000 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let seen = 0;
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ message }) => {
    if (Number(count) && seen >= Number(count)) return;
    const record = message.value === null
      ? { key: message.key.toString(), deleted: true }
      : await schemas.decode(message.value);
    console.log(JSON.stringify(record, (_, value) => (typeof value === "bigint" ? value.toString() : value)));
    // Act on the record here, idempotently, and only then commit its offset.
    seen += 1;
    if (seen === Number(count)) setImmediate(() => consumer.disconnect().then(() => process.exit(0)));
  },
});
