package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.coordination.sentinel.Story;
import io.ferrite.node.log.Log;
import io.ferrite.resp.ReplyWriter;
import java.util.List;
import java.util.Map;

/**
 * SENTINEL EXPLAIN: the last failovers of a master as a time line, and each step as a line of JSON
 * in the log.
 */
final class Explain {

    private Explain() {}

    static void log(Log log, SentinelState state, Effect.Tell tell) {
        List<Story> stories = state.stories().getOrDefault(tell.master(), List.of());
        long epoch = stories.isEmpty() ? 0 : stories.getLast().epoch();
        Json json =
                new Json()
                        .put("failover", tell.master())
                        .put("epoch", epoch)
                        .put("step", tell.entry().what())
                        .put("at_ms", tell.entry().atMs())
                        .putAll(tell.entry().details());
        log.notice("explain " + json);
    }

    /** Stories from the newest to the oldest; of one epoch, if that is not 0. */
    static void reply(ReplyWriter reply, List<Story> stories, long epoch) {
        List<Story> wanted =
                stories.reversed().stream()
                        .filter(story -> epoch == 0 || story.epoch() == epoch)
                        .toList();
        reply.array(wanted.size());
        wanted.forEach(story -> story(reply, story));
    }

    private static void story(ReplyWriter reply, Story story) {
        List<Story.Entry> entries = story.entries();
        long first = entries.isEmpty() ? 0 : entries.getFirst().atMs();
        long last = entries.isEmpty() ? 0 : entries.getLast().atMs();
        reply.map(5);
        reply.bulk("epoch");
        reply.integer(story.epoch());
        reply.bulk("state");
        reply.bulk(story.closed() ? "ended" : "running");
        reply.bulk("began-at-ms");
        reply.integer(first);
        reply.bulk("took-ms");
        reply.integer(last - first);
        reply.bulk("timeline");
        reply.array(entries.size());
        long before = first;
        for (Story.Entry entry : entries) {
            line(reply, entry, first, before);
            before = entry.atMs();
        }
    }

    /** {@code +1203 ms (+4 ms) candidate replica=127.0.0.1:6380 offset=900 verdict=fit}. */
    private static void line(ReplyWriter reply, Story.Entry entry, long first, long before) {
        StringBuilder line = new StringBuilder("+");
        line.append(entry.atMs() - first).append(" ms (+").append(entry.atMs() - before);
        line.append(" ms) ").append(entry.what());
        for (Map.Entry<String, String> detail : entry.details().entrySet()) {
            line.append(' ').append(detail.getKey()).append('=').append(detail.getValue());
        }
        reply.bulk(line.toString());
    }
}
