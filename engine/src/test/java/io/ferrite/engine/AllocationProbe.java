package io.ferrite.engine;

import com.sun.management.ThreadMXBean;
import io.ferrite.memory.Slab;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.store.Keyspace;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs command lines over and over and prints how many bytes the thread allocated meanwhile. A
 * program of its own, because checked memory keeps records of every block.
 *
 * <p>Arguments: {@code logged} or {@code unlogged}, then one command line each.
 */
final class AllocationProbe {

    static final int RUNS = 100_000;

    private static final int WARM_UP = 20_000;

    private AllocationProbe() {}

    /** Takes effects and keeps nothing. */
    private record Sink(boolean active) implements EffectSink {
        @Override
        public long append(int database, long address, int length, int databaseAfter) {
            return length;
        }
    }

    public static void main(String[] arguments) {
        CommandCatalog catalog = CommandCatalog.load();
        CommandTable.Builder builder = CommandTable.builder(catalog);
        Families.register(builder);
        CommandTable table = builder.build();
        Keyspace keyspace = FixtureKeyspace.create();
        Engine engine = new Engine(keyspace, table, new Sink(arguments[0].equals("logged")));
        List<Request> requests = new ArrayList<>();
        List<Command> commands = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] words = arguments[i].split(" ");
            byte[][] bytes = new byte[words.length][];
            for (int j = 0; j < words.length; j++) {
                bytes[j] = words[j].getBytes(StandardCharsets.ISO_8859_1);
            }
            requests.add(Request.of(bytes));
            commands.add(table.of(catalog.find(words[0])));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ExecutionUnit unit = new ExecutionUnit(engine, new Slab(), new SplittableRandom(1));
        try (NativeReplyWriter reply = new NativeReplyWriter(4096)) {
            run(unit, reply, commands, requests, WARM_UP);
            long before = threads.getCurrentThreadAllocatedBytes();
            run(unit, reply, commands, requests, RUNS);
            System.out.println(threads.getCurrentThreadAllocatedBytes() - before);
        }
    }

    private static void run(
            ExecutionUnit unit,
            NativeReplyWriter reply,
            List<Command> commands,
            List<Request> requests,
            int times) {
        Session session = new Session(null, "127.0.0.1:1", "127.0.0.1:2", 0);
        for (int i = 0; i < times; i++) {
            for (int j = 0; j < commands.size(); j++) {
                reply.reset();
                unit.begin(session, reply, 1_700_000_000_000L + i);
                unit.run(commands.get(j), requests.get(j));
                unit.commit();
            }
        }
    }
}
