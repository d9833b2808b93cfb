package io.ferrite.coordination.replication;

/** What tests ask of a follower's state. */
final class FollowerLinks {

    private FollowerLinks() {}

    static FollowerLink.Resume resume(FollowerLink.State state) {
        return state instanceof FollowerLink.Following f ? f.resume() : null;
    }
}
