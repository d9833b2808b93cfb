package io.ferrite.engine.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A user's rules in the making. Not thread-safe; {@link #finish} gives the result. */
public final class UserDraft {

    private static final int HASH_DIGITS = 64;

    boolean enabled;
    boolean noPassword;
    boolean skipsSanitizing;
    boolean saysSanitizing = true;
    final Set<String> passwords = new LinkedHashSet<>();
    SelectorDraft root;
    final List<Selector> selectors = new ArrayList<>();

    private final boolean channelsByDefault;

    private UserDraft(SelectorDraft root, boolean channelsByDefault) {
        this.root = root;
        this.channelsByDefault = channelsByDefault;
    }

    /**
     * A new user: disabled, without permissions.
     *
     * @param channelsByDefault whether every channel is open to him nevertheless
     *     (acl-pubsub-default)
     */
    public static UserDraft create(boolean channelsByDefault) {
        return new UserDraft(new SelectorDraft(channelsByDefault), channelsByDefault);
    }

    /**
     * A new user that a file tells of: one that says nothing of {@code sanitize-payload} shows
     * nothing of it either, so that what Redis 7.0 wrote reads as it read there.
     */
    public static UserDraft ofFile(boolean channelsByDefault) {
        UserDraft draft = create(channelsByDefault);
        draft.saysSanitizing = false;
        return draft;
    }

    /** A user to change. */
    public static UserDraft of(UserRules rules, boolean channelsByDefault) {
        UserDraft draft = new UserDraft(rules.root().draft(), channelsByDefault);
        draft.enabled = rules.isEnabled();
        draft.noPassword = rules.needsNoPassword();
        draft.skipsSanitizing = rules.skipsSanitizing();
        draft.saysSanitizing = rules.saysSanitizing();
        draft.passwords.addAll(rules.passwords());
        draft.selectors.addAll(rules.others());
        return draft;
    }

    /** What the rules say now that other commands exist than when they were applied. */
    public UserDraft renew() {
        root.renew();
        selectors.replaceAll(selector -> {
            SelectorDraft draft = selector.draft();
            draft.renew();
            return new Selector(draft);
        });
        return this;
    }

    public UserRules finish() {
        return new UserRules(this);
    }

    /**
     * Applies one rule; an empty one changes nothing.
     *
     * @throws RuleError if there is no such rule; what the draft is then does not matter
     */
    public UserDraft apply(String rule) {
        switch (Rules.lowerCase(rule)) {
            case "" -> {}
            case "on" -> enabled = true;
            case "off" -> enabled = false;
            case "skip-sanitize-payload" -> setSanitizing(false);
            case "sanitize-payload" -> setSanitizing(true);
            case "nopass" -> setPassword(true);
            case "resetpass" -> setPassword(false);
            case "clearselectors" -> selectors.clear();
            case "reset" -> reset();
            default -> applyOther(rule);
        }
        return this;
    }

    private void setSanitizing(boolean wanted) {
        skipsSanitizing = !wanted;
        saysSanitizing = true;
    }

    private void setPassword(boolean none) {
        noPassword = none;
        passwords.clear();
    }

    private void reset() {
        setPassword(false);
        enabled = false;
        setSanitizing(true);
        selectors.clear();
        root = new SelectorDraft(channelsByDefault);
    }

    private void applyOther(String rule) {
        String rest = rule.substring(1);
        switch (rule.charAt(0)) {
            case '>' -> addPassword(hash(rest.getBytes(StandardCharsets.ISO_8859_1)));
            case '#' -> addPassword(requireHash(rest));
            case '<' -> removePassword(hash(rest.getBytes(StandardCharsets.ISO_8859_1)));
            case '!' -> removePassword(requireHash(rest));
            case '(' -> selector(rule);
            default -> root.apply(rule);
        }
    }

    private void addPassword(String hash) {
        passwords.add(hash);
        noPassword = false;
    }

    private void removePassword(String hash) {
        if (!passwords.remove(hash)) {
            throw new RuleError(RuleError.Kind.NO_SUCH_PASSWORD);
        }
    }

    private static String requireHash(String hash) {
        boolean good = hash.length() == HASH_DIGITS;
        for (int i = 0; good && i < HASH_DIGITS; i++) {
            char c = hash.charAt(i);
            good = c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
        }
        if (!good) {
            throw new RuleError(RuleError.Kind.BAD_HASH);
        }
        return hash;
    }

    private void selector(String rule) {
        if (!rule.endsWith(")")) {
            throw new RuleError(RuleError.Kind.SYNTAX);
        }
        SelectorDraft draft = new SelectorDraft(channelsByDefault);
        for (String word : rule.substring(1, rule.length() - 1).split("[ \\t\\n\\r\\x0b\\f]+")) {
            if (!word.isEmpty()) {
                draft.apply(word);
            }
        }
        selectors.add(new Selector(draft));
    }

    /** How a password is kept: SHA-256, in hexadecimal. */
    public static String hash(byte[] password) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(password);
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
