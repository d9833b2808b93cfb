package io.ferrite.spec;
public final class KeyRefs { public int count; int[] pos=new int[64]; public int position(int i){return pos[i];} void add(int p){ if(count==pos.length) pos=Arrays.copyOf(pos,count*2); pos[count++]=p; } static final class Arrays{ static int[] copyOf(int[] a,int n){return java.util.Arrays.copyOf(a,n);} } }
