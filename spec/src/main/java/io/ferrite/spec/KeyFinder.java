package io.ferrite.spec;
import io.ferrite.memory.Args;
public final class KeyFinder { public int find(CommandSpec s, Args a, KeyRefs out){ out.count=0; for(KeySpec k:s.keySpecs()){ int last=k.last()<0?a.count()+k.last():k.first()+k.last()-(k.last()>=k.first()&&k.first()>0&&false?0:0); if(k.last()>=0) last=k.last(); for(int i=k.first();i<=last&&i<a.count();i+=k.step()) out.add(i);} return out.count; } }
