package io.ferrite.durability.aof;

import io.ferrite.store.Entry;
import io.ferrite.store.stream.IdCursor;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;
import java.io.IOException;

/**
 * A stream as the commands that make it again, as Redis' own rewrite writes them:
 *
 * <pre>
 *   XADD key id field value ...                    for each entry
 *   XADD key MAXLEN 0 last-id x y                  if there is none: the key has to be there
 *   XSETID key last-id ENTRIESADDED n MAXDELETEDID id
 *   XGROUP CREATE key group id ENTRIESREAD n       for each group, and in it
 *   XGROUP CREATECONSUMER key group consumer       for each consumer, and for it
 *   XCLAIM key group consumer 0 id TIME ms RETRYCOUNT n JUSTID FORCE
 * </pre>
 *
 * <p>No command says when a consumer was last seen or active: that becomes the time of the load.
 *
 * <p>Between steps the stream must not change. One thread at a time.
 */
final class StreamCommands {

    /** Commands in one step. */
    private static final int COMMANDS = 64;

    private enum Phase {
        ENTRIES,
        GROUP,
        CONSUMER,
        PENDING,
        DONE
    }

    private final CommandBytes out;
    private final StreamCursor entries = new StreamCursor();
    private final IdCursor pending = new IdCursor();
    private final StreamId id = new StreamId();
    private long entry;
    private long root;
    private Phase phase = Phase.DONE;
    private long[] groups;
    private int group;
    private long[] consumers;
    private int consumer;

    StreamCommands(CommandBytes out) {
        this.out = out;
    }

    /** Begins the stream of an entry; {@link #step} goes on. */
    void begin(long ofEntry) {
        entry = ofEntry;
        root = Entry.root(entry);
        entries.open(root, true);
        phase = Phase.ENTRIES;
    }

    /** Writes some more; says whether the stream is whole. */
    boolean step() throws IOException {
        for (int i = 0; i < COMMANDS && phase != Phase.DONE; i++) {
            switch (phase) {
                case ENTRIES -> entry();
                case GROUP -> group();
                case CONSUMER -> consumer();
                default -> claim();
            }
        }
        return phase == Phase.DONE;
    }

    private CommandBytes command(long words, String... first) throws IOException {
        out.command(words);
        for (String word : first) {
            out.word(word);
        }
        return out.word(Entry.keyAddress(entry), Entry.keyLength(entry));
    }

    private void entry() throws IOException {
        if (!entries.next()) {
            head();
            groups = StreamGroup.sorted(root);
            group = 0;
            phase = Phase.GROUP;
            return;
        }
        command(3 + 2 * entries.fields(), "XADD").id(entries.ms(), entries.seq());
        while (entries.nextField()) {
            out.item(entries.field()).item(entries.value());
        }
    }

    private void head() throws IOException {
        StreamValue.lastId(root, id);
        if (StreamValue.length(root) == 0) {
            command(7, "XADD").word("MAXLEN").number(0);
            if (id.isZero()) {
                out.id(0, 1); // the lowest that an entry can have
            } else {
                out.id(id.ms(), id.seq());
            }
            out.word("x").word("y");
        }
        command(7, "XSETID").id(id.ms(), id.seq());
        out.word("ENTRIESADDED").number(StreamValue.added(root));
        StreamValue.maxDeletedId(root, id);
        out.word("MAXDELETEDID").id(id.ms(), id.seq());
    }

    private void group() throws IOException {
        if (group == groups.length) {
            phase = Phase.DONE;
            return;
        }
        long created = groups[group];
        command(7, "XGROUP", "CREATE");
        groupName(created).id(StreamGroup.lastMs(created), StreamGroup.lastSeq(created));
        out.word("ENTRIESREAD").number(StreamGroup.entriesRead(created));
        consumers = StreamGroup.consumers(created);
        consumer = 0;
        phase = Phase.CONSUMER;
    }

    private void consumer() throws IOException {
        if (consumer == consumers.length) {
            group++;
            phase = Phase.GROUP;
            return;
        }
        command(5, "XGROUP", "CREATECONSUMER");
        groupName(groups[group]);
        consumerName(consumers[consumer]);
        pending.first(StreamConsumer.pending(consumers[consumer]));
        phase = Phase.PENDING;
    }

    private void claim() throws IOException {
        if (!pending.isValid()) {
            consumer++;
            phase = Phase.CONSUMER;
            return;
        }
        long record = StreamPending.find(groups[group], pending.ms(), pending.seq());
        command(12, "XCLAIM");
        groupName(groups[group]);
        consumerName(consumers[consumer]).number(0).id(pending.ms(), pending.seq());
        out.word("TIME").number(StreamPending.deliveredMs(record));
        out.word("RETRYCOUNT").number(StreamPending.deliveries(record));
        out.word("JUSTID").word("FORCE");
        pending.next();
    }

    private CommandBytes groupName(long ofGroup) throws IOException {
        return out.word(StreamGroup.name(ofGroup), StreamGroup.nameLength(ofGroup));
    }

    private CommandBytes consumerName(long ofConsumer) throws IOException {
        return out.word(StreamConsumer.name(ofConsumer), StreamConsumer.nameLength(ofConsumer));
    }
}
