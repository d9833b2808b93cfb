package io.ferrite.engine.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A user: a name that stays, with rules that change. Sessions point to it, so that a change reaches
 * them with their next command. Any thread may read; {@link #change} is called by one at a time.
 */
public final class User {

    /** Nobody's name: sessions of the server itself, which may do everything. */
    public static final User SUPERUSER = superuser();

    private final String name;
    private volatile UserRules rules;

    /** {@code rules.isRestricted()}, one load nearer. */
    private volatile boolean restricted;

    private volatile boolean deleted;

    public User(String name, UserRules rules) {
        this.name = name;
        this.rules = rules;
        this.restricted = rules.isRestricted();
    }

    private static User superuser() {
        UserDraft draft = UserDraft.create(true);
        draft.apply("on").apply("nopass").apply("allkeys").apply("allcommands");
        return new User("(superuser)", draft.finish());
    }

    public String name() {
        return name;
    }

    public UserRules rules() {
        return rules;
    }

    /** Whether each command has to be checked: see {@link UserRules#isRestricted}. */
    public boolean isRestricted() {
        return restricted;
    }

    /** Puts other rules in force. */
    public void change(UserRules now) {
        // Who sees a part of it sees the stricter part.
        if (now.isRestricted()) {
            restricted = true;
            rules = now;
        } else {
            rules = now;
            restricted = false;
        }
    }

    /** There is no such user any more; whoever still is he may do nothing. */
    public void delete() {
        deleted = true;
        change(UserDraft.create(false).finish());
    }

    public boolean isDeleted() {
        return deleted;
    }

    /** Whether somebody who gives this password is this user. Takes the same time for any. */
    public boolean accepts(String hash) {
        UserRules now = rules;
        boolean found = false;
        byte[] given = hash.getBytes(StandardCharsets.ISO_8859_1);
        for (String password : now.passwords()) {
            found |= MessageDigest.isEqual(password.getBytes(StandardCharsets.ISO_8859_1), given);
        }
        return now.isEnabled() && (found || now.needsNoPassword());
    }

    @Override
    public String toString() {
        return name;
    }
}
