package io.ferrite.engine.acl;

import io.ferrite.spec.KeyFlag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All that is said about a user besides his name: whether he may come in, how, and what he may do.
 * Immutable.
 */
public final class UserRules {

    private final boolean enabled;
    private final boolean noPassword;
    private final boolean skipsSanitizing;
    private final boolean saysSanitizing;
    private final Set<String> passwords;
    private final Selector[] selectors;
    private final boolean restricted;

    UserRules(UserDraft draft) {
        enabled = draft.enabled;
        noPassword = draft.noPassword;
        skipsSanitizing = draft.skipsSanitizing;
        saysSanitizing = draft.saysSanitizing;
        passwords = Collections.unmodifiableSet(new LinkedHashSet<>(draft.passwords));
        selectors = new Selector[1 + draft.selectors.size()];
        selectors[0] = new Selector(draft.root);
        boolean narrow = !selectors[0].isUnrestricted();
        for (int i = 1; i < selectors.length; i++) {
            selectors[i] = draft.selectors.get(i - 1);
            narrow &= !selectors[i].isUnrestricted();
        }
        restricted = narrow;
    }

    /** Whether anything is out of this user's reach, so that each command has to be looked at. */
    public boolean isRestricted() {
        return restricted;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /** Whether any password will do. */
    public boolean needsNoPassword() {
        return noPassword;
    }

    /** Whether RESTORE may trust what this user sends. */
    public boolean skipsSanitizing() {
        return skipsSanitizing;
    }

    /** Whether the user is shown with a word about that. */
    boolean saysSanitizing() {
        return saysSanitizing;
    }

    /** SHA-256 of each password, in 64 hexadecimal digits. */
    public Set<String> passwords() {
        return passwords;
    }

    /** The user's own permissions. */
    public Selector root() {
        return selectors[0];
    }

    /** What he may do besides. */
    public List<Selector> others() {
        return List.of(selectors).subList(1, selectors.length);
    }

    Selector[] selectors() {
        return selectors;
    }

    /**
     * Whether some selector lets a channel be used.
     *
     * @param literally the name is a pattern to subscribe to
     */
    public boolean allowsChannel(byte[] name, boolean literally) {
        for (Selector selector : selectors) {
            if (selector.allowsChannel(name, name.length, literally)) {
                return true;
            }
        }
        return false;
    }

    /** Whether every channel pattern of other rules is among these: nobody loses anything. */
    public boolean coversChannelsOf(UserRules other) {
        Set<String> ours = new HashSet<>();
        for (Selector selector : selectors) {
            if (selector.allChannels) {
                return true;
            }
            selector.channels.forEach(pattern -> ours.add(pattern.text()));
        }
        for (Selector selector : other.selectors) {
            if (selector.allChannels
                    || !selector.channels.stream().allMatch(p -> ours.contains(p.text()))) {
                return false;
            }
        }
        return true;
    }

    /** The words on, nopass and so on that are true of the user. */
    public List<String> flags() {
        List<String> flags = new ArrayList<>(3);
        flags.add(enabled ? "on" : "off");
        if (noPassword) {
            flags.add("nopass");
        }
        if (saysSanitizing) {
            flags.add(skipsSanitizing ? "skip-sanitize-payload" : "sanitize-payload");
        }
        return flags;
    }

    /** Rules that make such a user out of a new one, each a word or a selector in parentheses. */
    public List<String> words() {
        List<String> words = new ArrayList<>(flags());
        passwords.forEach(hash -> words.add("#" + hash));
        words.addAll(List.of(selectors[0].describe().split(" ")));
        for (int i = 1; i < selectors.length; i++) {
            words.add("(" + selectors[i].describe() + ")");
        }
        return words;
    }

    /** The same in one line, as ACL LIST shows it after the name. */
    public String describe() {
        return String.join(" ", words());
    }

    /** Whether some selector lets its user read a key. */
    public boolean mayRead(byte[] key) {
        for (Selector selector : selectors) {
            if (selector.allowsKey(key, key.length, KeyFlag.ACCESS.bit())) {
                return true;
            }
        }
        return false;
    }

    /** What the rules take on the heap, about. */
    public long heapBytes() {
        long bytes = 512 + 192L * passwords.size();
        for (Selector selector : selectors) {
            bytes += selector.heapBytes();
        }
        return bytes;
    }
}
