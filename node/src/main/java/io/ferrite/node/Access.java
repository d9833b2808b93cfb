package io.ferrite.node;

import io.ferrite.engine.Session;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Who may come in. There is one user, {@code default}, and its password is {@code requirepass}.
 * Safe from any thread, each session from its own.
 */
public final class Access {

    public static final String DEFAULT_USER = "default";

    private static final String WRONG =
            "WRONGPASS invalid username-password pair or user is disabled.";

    private final Settings settings;

    Access(Settings settings) {
        this.settings = settings;
    }

    /** Whether nobody needs a password. */
    public boolean isOpen() {
        return settings.get(ServerOptions.REQUIREPASS).isEmpty();
    }

    /** Makes a session what it is right after connecting. */
    public void begin(Session session) {
        session.setUser(DEFAULT_USER);
        if (isOpen()) {
            session.clear(Session.UNAUTHENTICATED);
        } else {
            session.set(Session.UNAUTHENTICATED);
        }
    }

    /**
     * Whether the session still has to say who it is; a password taken away asks nobody any more.
     */
    public boolean mustAuthenticate(Session session) {
        if (!session.has(Session.UNAUTHENTICATED)) {
            return false;
        }
        if (isOpen()) {
            session.clear(Session.UNAUTHENTICATED);
            return false;
        }
        return true;
    }

    /** Whether there is a user of this name. */
    public boolean isUser(String name) {
        return name.equals(DEFAULT_USER);
    }

    /**
     * Lets a session in as a user.
     *
     * @return the error line, or null when it is in
     */
    public String authenticate(Session session, byte[] user, byte[] password) {
        if (!isUser(new String(user, StandardCharsets.ISO_8859_1))) {
            return WRONG;
        }
        byte[] wanted =
                settings.get(ServerOptions.REQUIREPASS).getBytes(StandardCharsets.ISO_8859_1);
        // The time it takes tells nothing about how much of the password is right.
        if (wanted.length != 0 && !MessageDigest.isEqual(wanted, password)) {
            return WRONG;
        }
        session.setUser(DEFAULT_USER);
        session.clear(Session.UNAUTHENTICATED);
        return null;
    }
}
