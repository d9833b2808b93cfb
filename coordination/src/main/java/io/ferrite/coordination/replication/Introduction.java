package io.ferrite.coordination.replication;

import io.ferrite.coordination.replication.FollowerLink.Send;
import io.ferrite.coordination.replication.FollowerLink.Settings;
import io.ferrite.coordination.replication.FollowerLink.Step;
import java.util.ArrayList;
import java.util.List;

/** How a follower says who it is. */
final class Introduction {

    private Introduction() {}

    /** Sends it; returns the answers to come. */
    static List<Step> begin(FollowerSteps walk) {
        Settings s = walk.at.settings();
        List<Step> pending = new ArrayList<>();
        if (s.password() != null) {
            walk.effect(new Send(auth(s)));
            pending.add(Step.AUTH);
        }
        String port = Integer.toString(s.listeningPort());
        walk.effect(new Send(List.of("REPLCONF", "listening-port", port)));
        pending.add(Step.PORT);
        if (s.announcedAddress() != null) {
            walk.effect(new Send(List.of("REPLCONF", "ip-address", s.announcedAddress())));
            pending.add(Step.ADDRESS);
        }
        List<String> words = new ArrayList<>(List.of("REPLCONF", "capa", "eof", "capa", "psync2"));
        if (s.channel()) {
            words.addAll(List.of("capa", "rdb-channel-repl"));
        }
        walk.effect(new Send(List.copyOf(words)));
        pending.add(Step.CAPABILITIES);
        return List.copyOf(pending);
    }

    static List<String> auth(Settings s) {
        return s.user() == null
                ? List.of("AUTH", s.password())
                : List.of("AUTH", s.user(), s.password());
    }

    static String name(Step step) {
        return switch (step) {
            case AUTH -> "auth";
            case PORT -> "listening-port";
            case ADDRESS -> "ip-address";
            case CAPABILITIES -> "capa";
        };
    }
}
