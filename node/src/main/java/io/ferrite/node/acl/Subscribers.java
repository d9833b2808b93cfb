package io.ferrite.node.acl;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.User;
import io.ferrite.engine.acl.UserRules;
import io.ferrite.node.Node;
import java.util.LinkedHashSet;
import java.util.Set;

/** Ends clients that listen to what their user may not hear any more. */
final class Subscribers {

    private final Node node;
    private final ExecutionUnit unit;

    Subscribers(Node node, ExecutionUnit unit) {
        this.node = node;
        this.unit = unit;
    }

    /** A user's rules have changed. All stripes are held. */
    void endThose(User user, UserRules before, UserRules now) {
        if (now.coversChannelsOf(before)) {
            return;
        }
        Set<Session> ended = new LinkedHashSet<>();
        node.engine()
                .pubSub()
                .forEachListener((session, channel, pattern) -> {
                    if (session.user() == user && !now.allowsChannel(channel, pattern)) {
                        ended.add(session);
                    }
                });
        ended.forEach(session -> node.access().end(unit, session));
    }
}
