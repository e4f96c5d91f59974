import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Read a topic from its start: sh run.sh BROKERS REGISTRY TOPIC [COUNT]. */
public final class Subscriber {
  private static final Map<Integer, Schema> SCHEMAS = new HashMap<>();

  public static void main(String[] args) throws Exception {
    String registry = args[1];
    long count = args.length > 3 ? Long.parseLong(args[3]) : Long.MAX_VALUE;
    Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "enable.auto.commit", false);
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      // Without a group: all partitions, from the start. With group.id and subscribe() it goes on where it stopped.
      List<TopicPartition> places = consumer.partitionsFor(args[2]).stream().map(Subscriber::place).toList();
      consumer.assign(places);
      consumer.seekToBeginning(places);
      long seen = 0;
      while (seen < count) {
        for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofSeconds(1))) {
          if (seen++ == count) {
            return;
          }
          // A null value is a tombstone: delete what you keep under this key.
          System.out.println(
              message.value() == null
                  ? "{\"key\": \"" + message.key() + "\", \"deleted\": true}"
                  : record(registry, message.value()));
        }
      }
    }
  }

  private static TopicPartition place(PartitionInfo info) {
    return new TopicPartition(info.topic(), info.partition());
  }

  /** The record in the Confluent wire format: 0x00, the schema id in four bytes, Avro. */
  private static Object record(String registry, byte[] value) throws Exception {
    ByteBuffer head = ByteBuffer.wrap(value);
    if (head.get() != 0) {
      throw new IllegalArgumentException("not the Confluent wire format");
    }
    int id = head.getInt();
    if (!SCHEMAS.containsKey(id)) {
      SCHEMAS.put(id, schema(registry, id));
    }
    var decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null);
    return new GenericDatumReader<>(SCHEMAS.get(id)).read(null, decoder);
  }

  private static Schema schema(String registry, int id) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id + "/schema")).build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return new Schema.Parser().parse(answer.body());
  }
}
