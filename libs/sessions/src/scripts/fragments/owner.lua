-- Returns the tenant that owns a session, given its field `tenant_id` (false if it has none); nil if there is no such
-- session. A session that another program wrote without a tenant belongs to the tenant 'default'.
local function ownerOf(metadata, tenantId)
  if tenantId then
    return tenantId
  end
  return redis.call('EXISTS', metadata) == 1 and 'default' or nil
end
