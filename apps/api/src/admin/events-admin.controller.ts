import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Roles } from '@app/auth';
import { EventsRepository } from '@app/events';
import { SkipRateLimit } from '@app/rate-limit';
import { problemSchema } from '../http/problem.dto.js';
import { eventsResponseSchema } from './events-admin.dto.js';

/** Shows the state of the event stream and its consumer groups. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/events')
export class EventsAdminController {
  constructor(private readonly events: EventsRepository) {}

  @Get()
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Get the length of the event stream, and the pending events and lag of each consumer group',
  })
  @ApiResponse({ status: 200, standardSchema: eventsResponseSchema })
  @ApiResponse({ status: 503, description: 'Redis did not respond', standardSchema: problemSchema })
  async status() {
    const [length, groups] = await Promise.all([this.events.length(), this.events.groups()]);
    // A stream that does not exist yet has no groups, and Redis replies with an error.
    const known = groups ?? (length === 0 ? [] : undefined);
    if (length === undefined || !known)
      throw new ServiceUnavailableException('Redis did not respond. Try again.');
    return { length, groups: known };
  }
}
