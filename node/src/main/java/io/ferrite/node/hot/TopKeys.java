package io.ferrite.node.hot;

import io.ferrite.engine.ByteKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys with the largest sums, of any number of keys in bounded memory: so many are kept, and a
 * new one takes the place and the sum of the least (the Space-Saving algorithm), so that no sum is
 * too low, and none too high by more than the least one kept. Not thread-safe.
 */
final class TopKeys {

    private static final class Counted {
        final ByteKey key;
        long sum;
        int place;

        Counted(ByteKey key, long sum, int place) {
            this.key = key;
            this.sum = sum;
            this.place = place;
        }
    }

    private final int most;
    private final Map<ByteKey, Counted> byKey = new HashMap<>();

    /** A heap, the least sum first. */
    private final List<Counted> heap = new ArrayList<>();

    private long total;

    TopKeys(int most) {
        this.most = most;
    }

    void add(ByteKey key, long amount) {
        total += amount;
        Counted known = byKey.get(key);
        if (known != null) {
            known.sum += amount;
            sink(known);
        } else if (heap.size() < most) {
            Counted added = new Counted(key, amount, heap.size());
            heap.add(added);
            byKey.put(key, added);
            rise(added);
        } else {
            Counted least = heap.getFirst();
            byKey.remove(least.key);
            Counted taken = new Counted(key, least.sum + amount, 0);
            heap.set(0, taken);
            byKey.put(key, taken);
            sink(taken);
        }
    }

    /** The sum of all amounts, of keys that are not kept too. */
    long total() {
        return total;
    }

    /** Adds the sums of the keys that are kept. */
    void addTo(Map<ByteKey, Long> sums) {
        byKey.forEach((key, counted) -> sums.merge(key, counted.sum, Long::sum));
    }

    private void rise(Counted one) {
        while (one.place > 0) {
            Counted above = heap.get((one.place - 1) / 2);
            if (above.sum <= one.sum) {
                return;
            }
            exchange(above, one);
        }
    }

    private void sink(Counted one) {
        while (true) {
            int left = 2 * one.place + 1;
            if (left >= heap.size()) {
                return;
            }
            Counted least = heap.get(left);
            if (left + 1 < heap.size() && heap.get(left + 1).sum < least.sum) {
                least = heap.get(left + 1);
            }
            if (least.sum >= one.sum) {
                return;
            }
            exchange(one, least);
        }
    }

    private void exchange(Counted a, Counted b) {
        heap.set(a.place, b);
        heap.set(b.place, a);
        int place = a.place;
        a.place = b.place;
        b.place = place;
    }
}
