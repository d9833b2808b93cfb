package io.ferrite.store.eviction;

import io.ferrite.store.AccessClock;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import java.util.random.RandomGenerator;

/**
 * Chooses keys to evict as Redis does in effect: a few drawn at random each time, the best of all
 * that were drawn lately kept in a pool of sixteen (Redis 3.0's approximation of LRU).
 *
 * <p>An eviction takes two steps, each under one stripe: {@link #sample} under the stripe that
 * {@link #pickStripe} names; then, for what {@link #take} answers, the removal under the key's
 * stripe, if the key is still there and {@link #isEligible}. Keys are drawn over all databases,
 * each as likely as the other. TTL is not drawn: the next key to expire of each table is known. Not
 * thread-safe: whoever evicts holds the chooser for itself.
 */
public final class EvictionChooser {

    /** A key that is to go. */
    public record Victim(int database, byte[] key) {}

    private static final int POOL = 16;

    /** More tables than this in a stripe are not all looked at. */
    private static final int MANY_TABLES = 16;

    private final Keyspace keyspace;
    private final RandomGenerator random;

    /** The best is the last of {@code pooled}. */
    private final long[] scores = new long[POOL];

    private final Victim[] pool = new Victim[POOL];
    private int pooled;
    private EvictionPolicy policy = EvictionPolicy.NOEVICTION;

    public EvictionChooser(Keyspace keyspace, RandomGenerator random) {
        this.keyspace = keyspace;
        this.random = random;
    }

    /** Sets the policy; what was drawn for another is forgotten. */
    public void setPolicy(EvictionPolicy wanted) {
        if (wanted != policy) {
            policy = wanted;
            pooled = 0;
        }
    }

    public EvictionPolicy policy() {
        return policy;
    }

    /** A stripe to draw from, the fuller the likelier; -1 when there is no key that may go. */
    public int pickStripe() {
        if (policy == EvictionPolicy.NOEVICTION) {
            return -1;
        }
        long total = 0;
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            total += eligibleOfStripe(stripe);
        }
        if (total == 0) {
            return -1;
        }
        long drawn = random.nextLong(total);
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            drawn -= eligibleOfStripe(stripe);
            if (drawn < 0) {
                return stripe;
            }
        }
        // Sizes of stripes that are not held may change underway.
        return random.nextInt(keyspace.stripes());
    }

    /** Draws keys of a stripe into the pool. */
    public void sample(int stripe, int samples) {
        if (policy.order() == EvictionPolicy.Order.TTL) {
            sampleNextToExpire(stripe);
            return;
        }
        long total = eligibleOfStripe(stripe);
        for (int i = 0; i < samples && total > 0; i++) {
            draw(stripe, random.nextLong(total));
        }
    }

    /** The key that should go first of those drawn, each once; null when there is none left. */
    public Victim take() {
        if (pooled == 0) {
            return null;
        }
        Victim victim = pool[--pooled];
        pool[pooled] = null;
        if (policy.order() == EvictionPolicy.Order.RANDOM) {
            pooled = 0;
        }
        return victim;
    }

    /** Whether the policy lets an entry go. */
    public boolean isEligible(long entry) {
        return policy.isAllKeys() || Entry.hasExpiry(entry);
    }

    private long eligibleOfStripe(int stripe) {
        long sum = 0;
        for (int i = 0; i < keyspace.databases(); i++) {
            sum += eligible(keyspace.database(i), stripe);
        }
        return sum;
    }

    private void draw(int stripe, long number) {
        long left = number;
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            long eligible = eligible(database, stripe);
            if (left < eligible) {
                long entry = database.randomOfStripe(stripe, left, !policy.isAllKeys(), random);
                if (entry != Database.NONE) {
                    offer(i, entry);
                }
                return;
            }
            left -= eligible;
        }
    }

    private long eligible(Database database, int stripe) {
        return policy.isAllKeys()
                ? database.sizeOfStripe(stripe)
                : database.volatileCountOfStripe(stripe);
    }

    /** The next of every table; where there are many tables, of some that were drawn. */
    private void sampleNextToExpire(int stripe) {
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            long expiring = database.volatileCountOfStripe(stripe);
            if (keyspace.tables() / keyspace.stripes() > MANY_TABLES) {
                for (int j = 0; j < MANY_TABLES && expiring > 0; j++) {
                    offerNext(i, database.nextToExpireAt(stripe, random.nextLong(expiring)));
                }
                continue;
            }
            for (int table = stripe; table < keyspace.tables(); table += keyspace.stripes()) {
                offerNext(i, database.nextToExpire(table));
            }
        }
    }

    private void offerNext(int database, long entry) {
        if (entry != Database.NONE) {
            offer(database, entry);
        }
    }

    private long score(long entry) {
        AccessClock access = keyspace.access();
        return switch (policy.order()) {
            case LRU -> access.idleSeconds(entry);
            case LFU -> 255 - access.frequency(entry);
            case TTL -> Long.MAX_VALUE - Entry.expireAt(entry);
            case RANDOM, NONE -> 0;
        };
    }

    private void offer(int database, long entry) {
        long score = score(entry);
        if (pooled == POOL && score <= scores[0] || isPooled(database, entry)) {
            return;
        }
        int at = pooled;
        if (pooled == POOL) {
            // The worst makes room.
            at--;
            System.arraycopy(scores, 1, scores, 0, at);
            System.arraycopy(pool, 1, pool, 0, at);
        } else {
            pooled++;
        }
        while (at > 0 && scores[at - 1] > score) {
            scores[at] = scores[at - 1];
            pool[at] = pool[at - 1];
            at--;
        }
        scores[at] = score;
        pool[at] = new Victim(database, Entry.keyBytes(entry));
    }

    private boolean isPooled(int database, long entry) {
        for (int i = 0; i < pooled; i++) {
            if (pool[i].database == database && Entry.keyEquals(entry, pool[i].key)) {
                return true;
            }
        }
        return false;
    }
}
